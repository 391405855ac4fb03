package org.bascule.domain.directory;

/** How many devices of each state the caller sees. */
public record DeviceCounts(long online, long offline, long quarantined) {

    public long total() {
        return online + offline + quarantined;
    }
}
