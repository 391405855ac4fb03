package org.bascule.domain.transfer;

/**
 * What one line of an import changes.
 *
 * @param line of the text
 * @param action {@code create}, {@code update}, {@code move}, {@code delete}, or {@code skip} for a device that is not there
 * @param kind code of what it is about
 * @param path what it is, as the file names it
 * @param detail field by field the value before and after
 */
public record ImportChange(long line, String action, String kind, String path, String detail) {}
