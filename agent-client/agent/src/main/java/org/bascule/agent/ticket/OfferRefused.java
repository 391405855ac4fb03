package org.bascule.agent.ticket;

import org.jspecify.annotations.Nullable;

/** An offer or a renewal that this agent does not follow. The message is for the audit log. */
public final class OfferRefused extends Exception {

    /** Codes of {@code session.refuse} ({@code docs/protocol/control.md}). */
    public enum Code {
        TICKET_INVALID("ticket-invalid"),
        TICKET_EXPIRED("ticket-expired"),
        TICKET_FOREIGN("ticket-foreign"),
        TICKET_REPLAYED("ticket-replayed"),
        NOT_PERMITTED("not-permitted"),
        CONSENT_REQUIRED("consent-required"),
        HANDSHAKE_FAILED("handshake-failed"),
        BUSY("busy"),
        /** By the owner's switch. */
        SWITCHED_OFF("switched-off");

        private final String text;

        Code(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    private final Code code;

    public OfferRefused(Code code, String detail) {
        this(code, detail, null);
    }

    public OfferRefused(Code code, String detail, @Nullable Throwable cause) {
        super(detail, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
