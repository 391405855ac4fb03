package org.bascule.agent.consent.dialog;

import java.nio.file.Path;
import java.util.Optional;
import org.bascule.agent.account.Account;

/**
 * Where something can be shown.
 *
 * @param name as {@code DISPLAY}, such as {@code :0}
 * @param authority as {@code XAUTHORITY}; empty for the account's default
 * @param account whose display it is
 */
record Display(String name, Optional<Path> authority, Account account) {}
