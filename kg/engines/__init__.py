"""External SPARQL engines as read-only stores: the differences between engines, and the store that queries them."""

from kg.engines.engine_table import ENGINES, Engine
from kg.engines.logins import DigestLogin, Login, login_of
from kg.engines.remote_store import RemoteStore
from kg.engines.store_places import StorePlace, is_address

__all__ = ["ENGINES", "DigestLogin", "Engine", "Login", "RemoteStore", "StorePlace", "is_address", "login_of"]
