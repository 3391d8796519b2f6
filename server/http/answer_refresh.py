"""Evaluates the queries with the highest total cost on a new version before clients send them again, in idle workers.

One thread watches the current version. When it changes, a second thread evaluates one query after another for no client
(`Client.background`): the pool gives it no worker that a client waits for, and takes back the one it has. The thread
ends with the next version, or after the worker has been taken back `MAX_STOPPED` times. Answers are cached under the
same tags as those to clients, whose requests are checked before anything is looked up.
"""

from __future__ import annotations

from contextlib import closing
from threading import Event, Thread

from flask import Flask

from kg.errors import BusyError, CommuniqueError, StoppedError
from kg.store.interfaces import Version
from kg.workers.query_jobs import Client
from kg.workers.served_store import ServedStore
from server.http.answer_cache import AnswerCache, answer_cache_of
from server.http.asked_queries import AskedQueries, AskedQuery
from server.http.compression import compress

LOOK_SECONDS = 0.25
"""How often the current version is checked, which takes a hundredth of a millisecond."""
MAX_STOPPED = 3
"""How many evaluations may lose their worker to a client before the version gets no more of them."""
MAX_SHARE = 1 / 2
"""The share of the cache that these answers may take together."""
KEPT, DROPPED, STOPPED, FAILED = "kept", "dropped", "stopped", "failed"
OUTCOMES = (KEPT, DROPPED, STOPPED, FAILED)
"""How an evaluation ends: answered, answer too large, stopped for a client or another version, or with an error."""


class AnswerRefresh:
    """The threads that watch a store and evaluate its counted queries, from `start` to `close`."""

    def __init__(self, answers: AnswerCache, asked_queries: AskedQueries, store: ServedStore, most: int) -> None:
        self._answers, self._asked_queries, self._store, self._most = answers, asked_queries, store, most
        self._closing = Event()
        self._version = store.current()
        self._watching = Thread(target=self._watch, name="refresh-watch", daemon=True)

    def start(self) -> None:
        """Start to watch."""
        self._watching.start()

    def close(self) -> None:
        """Stop the current evaluation and the threads."""
        self._closing.set()
        self._watching.join()

    def _watch(self) -> None:
        run: Thread | None = None
        while not self._closing.wait(LOOK_SECONDS):
            try:
                version = self._store.current()
            except CommuniqueError:  # reported to clients when they send a request
                continue
            if version == self._version:
                continue
            self._version = version  # which ends the previous run
            if run is not None:
                run.join()
            run = Thread(target=self._evaluate_all, args=(version,), name="refresh", daemon=True)
            run.start()
        if run is not None:
            run.join()

    def _evaluate_all(self, version: Version) -> None:
        bytes_left, stopped = int(self._answers.max_size * MAX_SHARE), 0
        for asked_query in self._asked_queries.take_most_expensive(self._most):
            if self._has_ended(version) or bytes_left <= 0 or stopped == MAX_STOPPED:
                return
            tag = asked_query.tag(version)
            if self._answers.get(tag) is None:
                outcome = self._evaluate(asked_query, version, tag)
                self._asked_queries.evaluations[outcome] += 1
                stopped += outcome == STOPPED
            answer = self._answers.get(tag)
            bytes_left -= 0 if answer is None else len(answer.body)

    def _evaluate(self, asked_query: AskedQuery, version: Version, tag: str) -> str:
        """Evaluate a query and cache its answer; return the outcome."""
        nobody = Client(left=lambda: self._has_ended(version), background=True)
        try:
            answer = self._store.on_behalf(nobody).query(asked_query.query.at(version.name, version.digest))
            chunks = compress(answer.chunks, asked_query.representation.encoding)
            # Rated by the time that it took for a client: here it has also waited for a worker.
            with closing(self._answers.filling(tag, chunks, asked_query.fields, asked_query.seconds)) as filling:
                if any(filling.is_given_up for _ in filling):
                    return DROPPED
        except (BusyError, StoppedError):
            return STOPPED
        except CommuniqueError:
            return FAILED
        return KEPT

    def _has_ended(self, version: Version) -> bool:
        return self._closing.is_set() or self._version != version


def refresh_of(app: Flask, store: ServedStore, most: int) -> AnswerRefresh | None:
    """Return the refresh of an application's answers, None if no answers are cached or there are no workers."""
    answers = answer_cache_of(app)
    if answers is None or answers.asked_queries is None or store.stats() is None:
        return None
    return AnswerRefresh(answers, answers.asked_queries, store, most)
