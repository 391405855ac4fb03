package org.bascule.web.problem;

import org.bascule.domain.refusal.Sentence;
import org.bascule.domain.refusal.Template;

/** The problems of {@code docs/protocol/api.md} and {@code control.md}, with status, title, and the sentence that serves when nothing better is known. */
public enum ProblemCode {
    NOT_SIGNED_IN(401, "Not signed in", "Sign in first."),
    CSRF(403, "Request not accepted", "Reload the page and try again."),
    FORBIDDEN(403, "Not permitted", "You are not permitted to do this."),
    /** The way out for a person: {@code /login?domain=…&factor=required}. */
    SECOND_FACTOR_REQUIRED(
            403, "Second factor required", "Your domain requires a second factor. Sign in with one, or set one up."),
    /** The way out for a person: {@code /login?domain=…&factor=fresh}. */
    FACTOR_NOT_FRESH(403, "Second factor needed again", "This needs a second factor that was proved a moment ago."),
    ACCOUNT_DISABLED(403, "Account switched off", "Your account is switched off. Ask your administrator."),
    ACCOUNT_EXPIRED(403, "Account expired", "Your account has expired. Ask your administrator."),
    CONTRACT_REQUIRED(403, "Contract required", "Access to this device needs a valid service contract."),
    QUALIFICATION_REQUIRED(
            403, "Qualification required", "Access to this device needs a qualification that you do not have."),
    REASON_REQUIRED(403, "Reason required", "Say why you want to do this."),
    CONSENT_REQUIRED(403, "Consent required", "Nobody has consented to this session yet."),
    NO_ACCOUNT(
            403,
            "No account set",
            "No account is set for this device, so it runs neither terminals nor commands. An administrator has to set one."),
    DELEGATION(
            403,
            "Not yours to pass on",
            "You may only set entries about permissions that you hold yourself and may pass on."),
    NOT_FOUND(404, "Not found", "There is nothing here, or you may not see it."),
    METHOD_NOT_ALLOWED(405, "Method not allowed", "This resource does not offer that method."),
    NOT_ACCEPTABLE(406, "Not acceptable", "Answers are JSON."),
    CONFLICT(409, "Conflict", "This contradicts what is already there."),
    HARDWARE_BOUND(
            409,
            "Machine registered already",
            "This machine is registered already. Its present owner must release it."),
    GROUP_CYCLE(409, "Circle of groups", "The group would be a member of itself."),
    LAST_OWNER(409, "Last owner", "A domain keeps at least one owner."),
    DEVICE_OFFLINE(409, "Device offline", "The device is not connected at the moment."),
    DEVICE_QUARANTINED(409, "Device quarantined", "The device is in quarantine because two machines used its key."),
    DEVICE_SWITCHED_OFF(409, "Remote access switched off", "Remote access was switched off at the device."),
    SESSION_ENDED(409, "Session ended", "The session has ended."),
    HANDSHAKE_FAILED(409, "Handshake failed", "The device did not accept the session."),
    QUOTA_EXCEEDED(409, "Quota exceeded", "No more sessions are allowed here at the same time."),
    IDEMPOTENCY_CONFLICT(409, "Key used already", "This idempotency key was used for another request."),
    PRECONDITION_FAILED(412, "Changed meanwhile", "Somebody changed this meanwhile. Reload it and try again."),
    TOO_LARGE(413, "Too large", "The request is too large."),
    URI_TOO_LONG(414, "Address too long", "The address of the request is too long."),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type", "Send JSON with Content-Type: application/json."),
    MALFORMED(400, "Malformed request", "The request is not what this resource expects."),
    CSR_INVALID(400, "Certificate request not accepted", "The certificate request is not valid."),
    INVALID(422, "Invalid values", "Some values cannot be accepted."),
    PRECONDITION_REQUIRED(428, "Version missing", "Say with If-Match which version you want to change."),
    TOO_MANY_REQUESTS(429, "Too many requests", "Wait a little and try again."),
    ADDRESS_BLOCKED(429, "Address blocked", "There were too many failed attempts from this address. Try again later."),
    ENROLMENT_TOKEN_UNKNOWN(401, "Enrolment token unknown", "This enrolment token is not known here."),
    ENROLMENT_TOKEN_EXPIRED(403, "Enrolment token expired", "This enrolment token has expired. Ask for a new one."),
    ENROLMENT_TOKEN_USED_UP(
            403, "Enrolment token used up", "This enrolment token has been used as often as it allows."),
    INTERNAL(500, "Internal error", "Something went wrong on the server. The reference helps to find it in the log."),
    UNAVAILABLE(503, "Unavailable", "The service is not ready. Try again in a moment.");

    private final int status;
    private final Sentence title;
    private final Sentence sentence;

    ProblemCode(int status, @Template String title, @Template String sentence) {
        this.status = status;
        this.title = Sentence.of(title);
        this.sentence = Sentence.of(sentence);
    }

    public int status() {
        return status;
    }

    public Sentence title() {
        return title;
    }

    public Sentence sentence() {
        return sentence;
    }

    /** The code as it is in the URN and in the log. */
    public String code() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    public String type() {
        return "urn:bascule:problem:" + code();
    }
}
