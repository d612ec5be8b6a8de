"""What the API can do, as ratios to what a Flask endpoint that does nothing can do on the same machine.

`python -m bench.api [PART ...]` measures the parts that it names, or all of them.
"""
