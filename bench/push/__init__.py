"""How fast push tells many clients, beside python-socketio as it comes, Node's socket.io, and the least there is to do.

Those make their events themselves, and push is told of them through RabbitMQ; `node-fed` is Node's told the same way.

`python -m bench.push [PART ...]` measures the parts that it names, or all of them. Every server has one core for
itself; its clients, a C program, and all else have another.
"""
