# SPDX-License-Identifier: GPL-3.0-or-later
# Plays systemd: a datagram socket that prints what arrives as one JSON line each. An abstract name begins with "@".
import json
import socket
import sys

name = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind("\0" + name[1:] if name.startswith("@") else name)
print(json.dumps("bound"), flush=True)
while True:
    print(json.dumps(receiver.recv(4096).decode()), flush=True)
