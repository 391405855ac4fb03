package org.bascule.domain.device;

/** Why a channel is closed: the codes of {@code docs/protocol/control.md}. */
public enum ChannelRefusal {
    BAD_PROOF("bad-proof", "The proof of identity does not verify."),
    UNKNOWN_DEVICE("unknown-device", "This device is not known."),
    REVOKED("revoked", "The certificate of this device has been revoked."),
    WRONG_SERVER("wrong-server", "This server is not known by the name that was dialled."),
    TLS_INTERCEPTED("tls-intercepted", "TLS is intercepted: exempt this host"),
    HARDWARE_CHANGED(
            "hardware-changed", "This identity belongs to another machine: an administrator must bind it anew."),
    PROTOCOL("protocol", "The message does not fit here."),
    CLONE("clone", "Two devices with this identity were there at the same time: an administrator must clear it."),
    BUSY("busy", "The server cannot take this channel now.");

    private final String code;
    private final String detail;

    ChannelRefusal(String code, String detail) {
        this.code = code;
        this.detail = detail;
    }

    public String code() {
        return code;
    }

    public String detail() {
        return detail;
    }
}
