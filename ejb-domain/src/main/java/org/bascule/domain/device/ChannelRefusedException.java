package org.bascule.domain.device;

/** A channel that must be closed. */
public final class ChannelRefusedException extends Exception {

    private static final long serialVersionUID = 1;

    private final ChannelRefusal refusal;

    ChannelRefusedException(ChannelRefusal refusal) {
        this(refusal, refusal.detail());
    }

    ChannelRefusedException(ChannelRefusal refusal, String detail) {
        super(detail);
        this.refusal = refusal;
    }

    public ChannelRefusal refusal() {
        return refusal;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
