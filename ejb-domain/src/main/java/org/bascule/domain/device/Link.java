package org.bascule.domain.device;

import java.security.SecureRandom;
import java.time.Instant;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.ControlTranscript;
import org.jspecify.annotations.Nullable;

/** One socket and how far it has come. */
final class Link {

    /** The order in which a channel goes through them; {@code CLOSED} from anywhere. */
    enum Phase {
        /** Greeted; must prove itself. */
        GREETED,
        /** Proved itself; an older channel of the device is being asked whether it is still there. */
        CHALLENGING,
        /** Welcomed; must say that it is ready. */
        WELCOMED,
        /** The device is online. */
        ONLINE,
        CLOSED
    }

    private static final SecureRandom RANDOM = new SecureRandom();

    final DeviceChannel channel;
    final byte[] nonce = new byte[ControlTranscript.NONCE];
    final Instant opened;

    /** Written by the channel's thread, read by the sweeper. */
    volatile Instant heard;

    /** Something came, which need not have been handled yet. */
    volatile boolean spoke;

    /** Size of the newest tree head that the device said it has seen. */
    volatile long log;

    /** Number of the list of relays that the device was told last. */
    volatile long relays;

    // guarded by this
    private Phase phase = Phase.GREETED;
    private @Nullable KnownDevice device;
    private @Nullable String serial;

    Link(DeviceChannel channel, Instant now) {
        this.channel = channel;
        this.opened = now;
        this.heard = now;
        RANDOM.nextBytes(nonce);
    }

    synchronized Phase phase() {
        return phase;
    }

    /** The device, once the channel has proved which one it is. */
    synchronized KnownDevice device() {
        if (device == null) {
            throw new IllegalStateException("the channel has not proved itself");
        }
        return device;
    }

    synchronized boolean isProven() {
        return device != null;
    }

    /** Whether the channel has proved that it is this device's. */
    synchronized boolean isOf(String uid) {
        return device != null && device.uid().equals(uid);
    }

    /** Of the certificate that the device proved itself with. */
    synchronized String serial() {
        if (serial == null) {
            throw new IllegalStateException("the channel has not proved itself");
        }
        return serial;
    }

    synchronized void proved(ChannelProofs.Proven proven) {
        device = proven.device();
        serial = proven.serial();
    }

    /** Moves on; false if the channel was closed in the meantime. */
    synchronized boolean enter(Phase next) {
        if (phase == Phase.CLOSED) {
            return false;
        }
        phase = next;
        return true;
    }

    /** Closes; returns the phase that it was in. */
    synchronized Phase close() {
        Phase before = phase;
        phase = Phase.CLOSED;
        return before;
    }

    void send(ControlMessage message) {
        channel.send(message);
    }

    void refuse(ChannelRefusal refusal, String detail) {
        channel.close(refusal.code(), detail);
    }
}
