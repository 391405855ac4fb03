package org.bascule.domain.access;

/** A user or a group. {@code kind} is {@code user} or {@code group}. */
public record PrincipalReference(String id, String name, String kind) {}
