package org.bascule.domain.token;

/** A token that was just made, with its text. */
public record ApiTokenCreated(ApiTokenView view, ApiTokenSecret secret) {}
