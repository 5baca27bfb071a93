from tests.host.runtime import runtime

__all__ = ["runtime"]
