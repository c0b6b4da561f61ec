import hashlib
import threading
import time


def digest(rounds):
    data = b"x" * 4096
    for _ in range(rounds):
        hashlib.sha256(data).digest()


def work(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        digest(200)


if __name__ == "__main__":
    other = threading.Thread(target=work, args=(0.6,), name="other")
    other.start()
    work(1.2)
    other.join()
