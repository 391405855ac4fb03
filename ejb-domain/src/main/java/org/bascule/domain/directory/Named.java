package org.bascule.domain.directory;

/** A reference for people: the name is hostile text. */
public record Named(String id, String name) {}
