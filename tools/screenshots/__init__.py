"""The pictures of the docs, taken of the web client while three people chat.

`python -m tools.screenshots` takes them anew; `make screenshots` does, and installs what it takes.
"""
