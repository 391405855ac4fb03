package org.bascule.domain.transfer;

/**
 * How an import is wanted.
 *
 * @param dryRun to list the changes alone
 * @param skipUnknownDevices to leave out devices that are not there, instead of refusing all
 */
public record ImportRequest(Format format, boolean dryRun, boolean skipUnknownDevices) {}
