package org.bascule.domain.identity;

/**
 * A domain and where its users sign in.
 *
 * @param realm name of the realm at the identity provider
 * @param issuer issuer of the realm's tokens
 */
public record DomainReference(String id, String name, String realm, String issuer) {}
