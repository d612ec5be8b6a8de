"""What the renderer can do on one core.

`python -m bench.renderer [PART ...]` measures the parts that it names, or all of them.
"""
