package org.bascule.domain.configuration;

/**
 * Whether administrators of domains may name identity providers and directories at addresses of this machine and of private networks (requirement IDN-7).
 *
 * @param allowed {@code bascule.corporate.internal-networks}: whoever manages the sign-in of a domain can then make the servers ask whatever is there
 */
public record InternalNetworks(boolean allowed) {}
