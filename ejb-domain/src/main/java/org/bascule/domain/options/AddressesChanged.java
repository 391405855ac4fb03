package org.bascule.domain.options;

import java.util.List;

/** The addresses for notifications are others now; fired in the transaction of the change, while it holds the lock of the options. */
public record AddressesChanged(String domainId, List<String> before, List<String> after) {}
