"""A caller who behaves: polite.py TARGET TOKEN_FILE [CA].

Calls at even intervals until its input ends, and writes a line for each call: when it was meant to be sent
(CLOCK_MONOTONIC), the seconds from then to the answer, the gRPC status.
"""

import queue
import sys
import threading
import time

import grpc

INTERVAL = 0.005
METHOD = "/equity.workshops.v1.SessionService/ListPublicSessions"


def main():
    target, token_file, *authority = sys.argv[1:]
    with open(token_file, encoding="ascii") as file:
        credential = [("authorization", "Bearer " + file.read().strip())]
    if authority:
        with open(authority[0], "rb") as file:
            channel = grpc.secure_channel(target, grpc.ssl_channel_credentials(file.read()))
    else:
        channel = grpc.insecure_channel(target)
    # Bytes as they are; the request's page_size is 5.
    call = channel.unary_unary(METHOD, request_serializer=None, response_deserializer=None)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    answers = queue.SimpleQueue()

    def told(future, sent):
        answers.put(f"{sent:.4f} {time.monotonic() - sent:.4f} {future.code().value[0]}\n")

    due = time.monotonic()
    while not ended.is_set():
        future = call.future(b"\x08\x05", timeout=2, metadata=credential)
        future.add_done_callback(lambda future, sent=due: told(future, sent))
        due += INTERVAL
        time.sleep(max(0, due - time.monotonic()))
        while not answers.empty():
            sys.stdout.write(answers.get())
        sys.stdout.flush()


if __name__ == "__main__":
    main()
