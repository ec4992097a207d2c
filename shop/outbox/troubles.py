"""Why a mail has not left yet, in words for the desk; a row holds no more of it than the name of an error's class."""

from __future__ import annotations

from .models import Mail, MailState

REFUSED_ADDRESS = "The mail server refused the customer's address."
REFUSED_MAIL = "The mail server refused this mail."
REFUSED_SENDER = "The mail server refuses mails from the shop's own address. Look at MAIL_FROM."
NO_SIGN_IN = "The mail server does not let the shop sign in. Look at the name and the password in SMTP_URL."
NOT_REACHED = "The mail server could not be reached."
NOT_FOUND = "The mail server's name was not found. Look at SMTP_URL."
HUNG_UP = "The mail server did not answer, or hung up."
NOT_PRIVATE = "No safe connection to the mail server could be made."
TOO_LITTLE = "The mail server cannot do what the shop needs of it: a safe sign-in, or this kind of address."
NOT_WRITTEN = "It could not be written into the folder of mails. Look at the data folder's rights and room."
FORGOTTEN = "The customer was forgotten before it could leave."
WORKER_DIED = "The worker stopped while sending it."
RESTORED = "It waited in a backup that was restored, and may have left before. Send it again if it is still needed."
CAME_BACK = "It left, and came back later: the customer's mailbox does not exist, or takes nothing."
SENT_BACK = "It left, and the customer's mail server sent it back: it does not take this mail."
SOMETHING_ELSE = "Something went wrong on the way."
_WORDS = {
    "SMTPRecipientsRefused": REFUSED_ADDRESS,
    "BadAddress": REFUSED_ADDRESS,
    "SMTPDataError": REFUSED_MAIL,
    "SMTPSenderRefused": REFUSED_SENDER,
    "SMTPAuthenticationError": NO_SIGN_IN,
    "UnicodeEncodeError": NO_SIGN_IN,
    "ConnectionRefusedError": NOT_REACHED,
    "OSError": NOT_REACHED,
    "ConnectionResetError": HUNG_UP,
    "BrokenPipeError": HUNG_UP,
    "TimeoutError": HUNG_UP,
    "SMTPServerDisconnected": HUNG_UP,
    "SMTPConnectError": HUNG_UP,
    "SMTPHeloError": HUNG_UP,
    "SMTPResponseException": HUNG_UP,
    "gaierror": NOT_FOUND,
    "SSLError": NOT_PRIVATE,
    "SSLEOFError": NOT_PRIVATE,
    "SSLCertVerificationError": NOT_PRIVATE,
    "SMTPNotSupportedError": TOO_LITTLE,
    "BodyGone": FORGOTTEN,
    "WorkerDied": WORKER_DIED,
    "Restored": RESTORED,
    "Bounced": CAME_BACK,
    "SentBack": SENT_BACK,
    "PermissionError": NOT_WRITTEN,
    "FileNotFoundError": NOT_WRITTEN,
    "NotADirectoryError": NOT_WRITTEN,
    "FileExistsError": NOT_WRITTEN,
}

# The errors that lie with the address that was written to, and with nothing of ours.
BOUNCES = tuple(name for name, words in _WORDS.items() if words in {REFUSED_ADDRESS, CAME_BACK})


def what_happened(mail: Mail) -> str:
    """Of the last attempt that failed; nothing when none did, or the mail has left since."""
    if not mail.error or mail.state == MailState.SENT:
        return ""
    return _WORDS.get(mail.error, SOMETHING_ELSE)
