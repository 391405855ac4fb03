package org.bascule.domain.acl;

/** A direct membership, of a user or of a group. */
public record Membership(String group, String member) {}
