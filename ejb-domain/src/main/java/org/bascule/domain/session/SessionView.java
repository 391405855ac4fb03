package org.bascule.domain.session;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session as lists show it.
 *
 * @param account account on the device; empty where none was set
 * @param relay id of the relay that was chosen first, once one was
 * @param started when the device had answered
 * @param ended null while it is live
 * @param bytesIn bytes that the device received
 * @param bytesOut bytes that the device sent
 * @param comment what its user said about it at the end, or later
 * @param relayClientMillis round trip from the client to the relay, if the client had measured it
 * @param relayDeviceMillis the same of the device
 * @param relayedFromClient bytes of messages that relays have forwarded from the client, as far as they have reported; null where none has
 * @param relayedFromDevice the same from the device
 * @param relayedMillis how long both ends were together at relays, which is shorter than the session where it had to go on elsewhere
 * @param relays where it was: {@code relay}, and those that have told of it since
 */
public record SessionView(
        String sid,
        String deviceUid,
        String deviceName,
        String userId,
        String userName,
        List<String> operations,
        String account,
        @Nullable String reason,
        @Nullable String relay,
        @Nullable Instant started,
        @Nullable Instant ended,
        @Nullable String endReason,
        String clientAddress,
        @Nullable String deviceAddress,
        long bytesIn,
        long bytesOut,
        @Nullable String comment,
        @Nullable Long relayClientMillis,
        @Nullable Long relayDeviceMillis,
        @Nullable Long relayedFromClient,
        @Nullable Long relayedFromDevice,
        @Nullable Long relayedMillis,
        List<String> relays) {}
