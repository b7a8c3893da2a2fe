"""Python loads this first when its folder is on the path: no process started so may leave the machine."""

import os
import sys

LOCAL = ("127.", "::1", "localhost")


def refuse(event: str, arguments: tuple[object, ...]) -> None:
    """End the process where it looks up, or connects to, another machine."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if host is not None and not str(host).startswith(LOCAL):
        sys.__stderr__.write(f"wants the network: {event} {host}\n")
        sys.__stderr__.flush()
        os._exit(99)


sys.addaudithook(refuse)
