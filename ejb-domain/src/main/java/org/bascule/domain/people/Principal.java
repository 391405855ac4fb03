package org.bascule.domain.people;

/**
 * A user or a group.
 *
 * @param kind {@code user} or {@code group}
 */
public record Principal(String id, String name, String kind) {}
