"""The HMAC rules of the platforms that call us, over raw bytes and with the clock as an argument."""

from zusage.core.signing._calcom import sign_calcom, verify_calcom
from zusage.core.signing._retell import sign_retell, verify_retell

__all__ = ["sign_calcom", "sign_retell", "verify_calcom", "verify_retell"]
