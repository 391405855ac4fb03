package org.bascule.domain.directory;

import org.bascule.domain.paging.Page;

/** A page of devices, and how many of each state there are under the same folder and search, whatever state was asked for. */
public record DeviceList(Page<DeviceView> page, Counts counts) {

    /** Numbers of devices. */
    public record Counts(long online, long offline, long quarantined) {}
}
