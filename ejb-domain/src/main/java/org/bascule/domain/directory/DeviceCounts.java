package org.bascule.domain.directory;

/**
 * How many devices of each state the caller sees.
 *
 * @param assistance those at which somebody waits for help, whatever their state, as far as the caller receives such requests
 * @param alarm those whose machine needs a person, whatever their state: it changed, or somebody tried to register it again
 */
public record DeviceCounts(long online, long offline, long quarantined, long assistance, long alarm) {

    public static final DeviceCounts NONE = new DeviceCounts(0, 0, 0, 0, 0);

    public long total() {
        return online + offline + quarantined;
    }
}
