package org.bascule.domain.directory;

/**
 * What goes when devices are removed: as far as the caller sees it.
 *
 * @param devices the devices themselves
 * @param entries permission entries on them
 * @param accessRequests those that nobody has decided
 * @param assistance requests for help that nobody has closed
 * @param settings session policies and fixed relays of their own
 * @param sessions that have not ended
 */
public record DeviceDeletion(
        long devices,
        long subDevices,
        long entries,
        long accessRequests,
        long assistance,
        long settings,
        long sessions) {}
