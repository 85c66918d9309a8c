"""Ids, states, outcomes and reasons: the words that every part of Rightful uses for the same things."""

from enum import StrEnum
from typing import NewType

StaffId = NewType("StaffId", str)
AccountId = NewType("AccountId", str)
ContactPointId = NewType("ContactPointId", str)
AuthenticatorId = NewType("AuthenticatorId", str)
CaseId = NewType("CaseId", str)
CheckId = NewType("CheckId", str)
ActionId = NewType("ActionId", str)
ActorId = NewType("ActorId", str)
"""Who did it: a staff id, `customer`, `system`, or `service:<name>`."""

CUSTOMER = ActorId("customer")
"""The account's owner, or whoever held the one-time link that was sent to them."""
SYSTEM = ActorId("system")
"""The service itself: timers, the worker."""

LONGEST_REFERENCE = 120
"""Characters of a call or ticket reference."""
LONGEST_TEXT = 4096
"""Characters of any other text that somebody types: a note, a reason, what is looked up."""


class Permission(StrEnum):
    """What a role may grant. Roles are data (`resources/policy/roles.toml`)."""

    OPEN_CASE = "open_case"
    REVEAL = "reveal"
    RUN_CHECK = "run_check"
    SEND_RESET_LINK = "send_reset_link"
    RESET_AUTHENTICATOR = "reset_authenticator"
    UNLOCK = "unlock"
    REVOKE_SESSIONS = "revoke_sessions"
    FORGET_DEVICES = "forget_devices"
    FREEZE = "freeze"
    ACT_ON_PRIVILEGED = "act_on_privileged"
    SEE_EVERY_CASE = "see_every_case"
    APPROVE = "approve"
    READ_AUDIT = "read_audit"
    ADMINISTER_STAFF = "administer_staff"


class Channel(StrEnum):
    """How the caller reached the desk."""

    PHONE = "phone"
    CHAT = "chat"
    WALK_IN = "walk_in"


class CaseState(StrEnum):
    """Where a case is. Only an open case can be worked on."""

    OPEN = "open"
    RESOLVED = "resolved"
    """The owner completed a recovery: the case closed itself."""
    CLOSED = "closed"
    """An agent ended it, or it closed itself because nothing happened in it any more."""
    FROZEN = "frozen"
    """The owner said "that is not me", or stopped an action."""


class ContactKind(StrEnum):
    """What a contact point is."""

    PHONE = "phone"
    EMAIL = "email"


class AuthenticatorKind(StrEnum):
    """What a customer signs in with beside a password."""

    TOTP = "totp"
    PASSKEY = "passkey"
    PUSH = "push"


class Method(StrEnum):
    """A way to prove something."""

    SMS_CODE = "sms_code"
    VOICE_CODE = "voice_code"
    EMAIL_CODE = "email_code"
    REVERSE_CODE = "reverse_code"
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"


class EvidenceClass(StrEnum):
    """NIST SP 800-63B-4 section 4.2.1: what a passed check is worth."""

    SAVED_CODE = "saved_code"
    ISSUED_CODE = "issued_code"
    CONTACT_CODE = "contact_code"
    BOUND_AUTHENTICATOR = "bound_authenticator"
    PROOFING = "proofing"


class CheckState(StrEnum):
    """Where one attempt at a method is."""

    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REPUDIATED = "repudiated"


class ActionKind(StrEnum):
    """A recovery action: what can be done to an account for its owner."""

    RESET_LINK = "reset_link"
    AUTHENTICATOR_RESET = "authenticator_reset"
    UNLOCK = "unlock"
    REVOKE_SESSIONS = "revoke_sessions"
    FORGET_DEVICES = "forget_devices"
    FREEZE = "freeze"


class ActionState(StrEnum):
    """Where a recovery action is. An approval joins these with the approvals."""

    COOLING = "cooling"
    """Decided, and waiting out the delay in which the owner can stop it."""
    RUNNING = "running"
    HANDED_OVER = "handed_over"
    """Every step of ours is done; the owner holds a link."""
    DONE = "done"
    STOPPED = "stopped"
    """The owner stopped it, the case froze under it, or a backup was put back."""
    EXPIRED = "expired"
    """The owner did not follow the link in time."""
    FAILED = "failed"
    """A step could not be done; the steps say which, and what was done before it."""


class StepKind(StrEnum):
    """One durable step of a recovery action."""

    REVOKE_SESSIONS = "revoke_sessions"
    REMOVE_AUTHENTICATOR = "remove_authenticator"
    """It stops working at once, and leaves the file when another is bound in its place."""
    FORGET_DEVICES = "forget_devices"
    UNLOCK = "unlock"
    FREEZE = "freeze"
    SEND_RESET_LINK = "send_reset_link"
    SEND_ENROLMENT_LINK = "send_enrolment_link"
    NOTIFY = "notify"


class StepState(StrEnum):
    """How far a step is."""

    WAITING = "waiting"
    DONE = "done"
    NOT_NEEDED = "not_needed"
    FAILED = "failed"


class LinkPurpose(StrEnum):
    """What a one-time link opens."""

    REVERSE_CODE = "reverse_code"
    NEW_PASSWORD = "new_password"
    ENROL_TOTP = "enrol_totp"
    STOP = "stop"


class MessageKind(StrEnum):
    """Every message the owner can get, and the name of its wording."""

    SMS_CODE = "sms_code"
    VOICE_CODE = "voice_code"
    EMAIL_CODE = "email_code"
    REVERSE_CODE_LINK = "reverse_code_link"
    RESET_LINK = "reset_link"
    ENROLMENT_LINK = "enrolment_link"
    NOTICE_DONE = "notice_done"
    NOTICE_SCHEDULED = "notice_scheduled"
    NOTICE_UNFINISHED = "notice_unfinished"
    NOTICE_COMPLETED = "notice_completed"
    NOTICE_FROZEN = "notice_frozen"


class MessageState(StrEnum):
    """Where a message to the owner is."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class SignalAnswer(StrEnum):
    """The answer of an outside signal. Unknown is an answer of its own, and never a pass."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Tier(StrEnum):
    """What stands behind an account: how much a thief would gain, and what must be proven."""

    STANDARD = "standard"
    """No second factor bound."""
    PROTECTED = "protected"
    """A second factor is bound: AAL2 (N-REC-15)."""
    PRIVILEGED = "privileged"
    """A named, exposed or powerful owner."""


class Risk(StrEnum):
    """How suspicious the circumstances are. Risk raises requirements and never lowers them (N-AAL-04)."""

    STANDARD = "standard"
    ELEVATED = "elevated"


class EffectKind(StrEnum):
    """What the worker performs after commit."""

    PERFORM_ACTION = "perform_action"
    DELIVER_MESSAGE = "deliver_message"


class Objection(StrEnum):
    """Why not, or why not yet. Every one has a sentence in `resources/wording`."""

    SIGNED_OUT = "signed_out"
    WRONG_CREDENTIALS = "wrong_credentials"
    MAY_NOT = "may_not"
    NOT_YOUR_CASE = "not_your_case"
    CASE_NOT_OPEN = "case_not_open"
    REFERENCE_MISSING = "reference_missing"
    NO_ACCOUNT_YET = "no_account_yet"
    ACCOUNT_ALREADY_FOUND = "account_already_found"
    UNREADABLE_QUERY = "unreadable_query"
    UNREADABLE_CODE = "unreadable_code"
    LOOKUPS_USED_UP = "lookups_used_up"
    REVEALS_USED_UP = "reveals_used_up"
    REASON_MISSING = "reason_missing"
    NO_SUCH_FIELD = "no_such_field"
    ACCOUNT_FROZEN = "account_frozen"
    UNDER_REVIEW = "under_review"
    METHOD_OFF = "method_off"
    NOT_ON_FILE = "not_on_file"
    NOT_VERIFIED = "not_verified"
    CHANGED_RECENTLY = "changed_recently"
    SIM_SWAPPED = "sim_swapped"
    SIM_UNKNOWN = "sim_unknown"
    ATTEMPTS_USED_UP = "attempts_used_up"
    SENDS_USED_UP = "sends_used_up"
    FACTOR_DISABLED = "factor_disabled"
    OUT_OF_USE = "out_of_use"
    ALREADY_PROVEN = "already_proven"
    VOUCHES_FOR_ITSELF = "vouches_for_itself"
    CHECK_NOT_PENDING = "check_not_pending"
    CHECK_EXPIRED = "check_expired"
    ANSWERED_BY_OWNER = "answered_by_owner"
    WRONG_CODE = "wrong_code"
    CODE_REPLAYED = "code_replayed"
    NEEDS_MORE_PROOF = "needs_more_proof"
    CANNOT_BE_PROVEN = "cannot_be_proven"
    PROOF_RESTS = "proof_rests"
    NEEDS_APPROVAL = "needs_approval"
    NOTHING_TO_DO = "nothing_to_do"
    ALREADY_RUNNING = "already_running"
    NO_PASSWORD = "no_password"
    NO_SAFE_CHANNEL = "no_safe_channel"
    ONLY_CHANNEL_USED = "only_channel_used"
    OWNER_NOT_TOLD = "owner_not_told"
    LINK_DEAD = "link_dead"
    PASSWORD_TOO_SHORT = "password_too_short"
    PASSWORD_TOO_LONG = "password_too_long"
    PASSWORD_LISTED = "password_listed"
    PASSWORD_IS_CONTEXT = "password_is_context"
    WRONG_PASSWORD = "wrong_password"
    ENROLMENT_OVER = "enrolment_over"
    LOGIN_TAKEN = "login_taken"
    UNKNOWN_ROLE = "unknown_role"
    LAST_ADMINISTRATOR = "last_administrator"
    OWN_ACCOUNT = "own_account"
    STAFF_DISABLED = "staff_disabled"
    RESTORED = "restored"


class Event(StrEnum):
    """What the audit log records (C-LOG-01, C-LOG-05)."""

    STAFF_ADDED = "staff.added"
    STAFF_ROLE_CHANGED = "staff.role_changed"
    STAFF_DISABLED = "staff.disabled"
    STAFF_ENABLED = "staff.enabled"
    STAFF_RENEWED = "staff.renewed"
    SIGNED_IN = "staff.signed_in"
    SIGN_IN_FAILED = "staff.sign_in_failed"
    SIGNED_OUT = "staff.signed_out"
    SESSIONS_ENDED = "staff.sessions_ended"
    REFUSED = "staff.refused"
    CASE_OPENED = "case.opened"
    CASE_READ = "case.read"
    CASE_CLOSED = "case.closed"
    CASE_EXPIRED = "case.expired"
    """Nothing happened in it for as long as the policy lets a case wait: it closed itself."""
    CASE_RESOLVED = "case.resolved"
    CASE_FROZEN = "case.frozen"
    CASE_NOTED = "case.noted"
    LOOKUP_MATCHED = "lookup.matched"
    LOOKUP_UNMATCHED = "lookup.unmatched"
    FIELD_REVEALED = "account.revealed"
    CHECK_STARTED = "check.started"
    CHECK_OPENED = "check.opened"
    """Reverse code: the link was opened."""
    CHECK_PASSED = "check.passed"
    CHECK_FAILED = "check.failed"
    CHECK_EXPIRED = "check.expired"
    CHECK_CANCELLED = "check.cancelled"
    CHECK_REPUDIATED = "check.repudiated"
    CODE_REPLAYED = "check.code_replayed"
    ATTEMPTS_LOCKED = "account.attempts_locked"
    ACTION_REQUESTED = "action.requested"
    ACTION_COOLING = "action.cooling"
    ACTION_STARTED = "action.started"
    STEP_DONE = "action.step_done"
    STEP_FAILED = "action.step_failed"
    NOTICES_WRITTEN = "action.notices_written"
    """Notices to the owner were written, each with a link that stops it; they are sent next."""
    ACTION_HANDED_OVER = "action.handed_over"
    ACTION_DONE = "action.done"
    ACTION_FAILED = "action.failed"
    ACTION_STOPPED = "action.stopped"
    ACTION_EXPIRED = "action.expired"
    LINK_MADE = "link.made"
    """A one-time link for the owner was made; it is sent next."""
    LINK_USED = "link.used"
    """Its holder did what it is for; it does nothing more."""
    MESSAGE_SENT = "message.sent"
    MESSAGE_FAILED = "message.failed"
    PASSWORD_SET = "account.password_set"
    ENROLMENT_STARTED = "account.enrolment_started"
    ENROLMENT_REFUSED = "account.enrolment_refused"
    """The owner gave their password and was shown a new key."""
    AUTHENTICATOR_BOUND = "account.authenticator_bound"
    RECOVERY_CODES_REPLACED = "account.recovery_codes_replaced"
    ACCOUNT_FROZEN = "account.frozen"
    ACCOUNT_SIGNED_OUT = "account.signed_out"
    """The owner stopped something: whoever was signed in is not any more, and no device is trusted."""
    REVIEW_OPENED = "review.opened"
    ACCOUNTS_IMPORTED = "directory.imported"
    AUDIT_READ = "audit.read"
    POLICY_LOADED = "policy.loaded"
    WORDS_ERASED = "account.words_erased"
    """What staff typed about the account is gone; the log keeps its commitments to it."""
    RESTORE_ACCEPTED = "database.restore_accepted"
    """A backup was put back: what it says was under way is stopped, for what happened since is forgotten."""
    KEY_ROTATED = "database.key_rotated"
    """Every data key is wrapped under a new key-encryption key."""
