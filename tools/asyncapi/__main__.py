"""`python -m tools.asyncapi`: describes the events and the sockets anew, in `docs/asyncapi`."""

from tools.asyncapi.documents import DOCUMENTS, FOLDER, text

if __name__ == "__main__":
    for name in DOCUMENTS:
        (FOLDER / name).write_text(text(name), encoding="utf-8")
