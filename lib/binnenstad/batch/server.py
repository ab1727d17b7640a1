"""The server of report processes: it imports once what each of them needs."""

from __future__ import annotations

import multiprocessing
import os
import signal

# what numeric libraries ask, when they are first imported, for how many threads to start: those survive no fork
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def start_server() -> bool:
    """Start the server that report processes fork from, and return whether there can be one here.

    It imports while the caller goes on; call this before anything slow is imported.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return False
    from multiprocessing.forkserver import ensure_running
    from multiprocessing.resource_tracker import ensure_running as ensure_tracker

    os.environ.update(dict.fromkeys(THREADS, "1"))
    multiprocessing.set_forkserver_preload(["binnenstad.batch.warm", "binnenstad.cli"])
    # first, for where it is started it lets signals through again
    ensure_tracker()
    # Ctrl-C at a terminal is for the batch; a server that imports would only say where it was
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        ensure_running()
    except OSError:
        # the folder for temporary files may have too long a name for a socket
        return False
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return True
