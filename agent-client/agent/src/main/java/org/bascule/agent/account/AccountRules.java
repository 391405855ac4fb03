package org.bascule.agent.account;

import org.bascule.agent.policy.AgentPolicy;
import org.jspecify.annotations.Nullable;

/** Decides as whom something runs, or that it does not. */
public final class AccountRules {

    private final AccountDirectory directory;

    public AccountRules(AccountDirectory directory) {
        this.directory = directory;
    }

    /**
     * The account that a ticket's {@code acct} stands for under this policy.
     *
     * @throws AccountException if there is none, it is not allowed, or the agent lacks the right to become it
     */
    public Account resolve(@Nullable String requested, AgentPolicy policy) throws AccountException {
        if (requested == null || requested.isEmpty()) {
            throw new AccountException("no account is set for this device");
        }
        if (!AccountDirectory.isName(requested)) {
            throw new AccountException("the account name is not one that this device accepts");
        }
        requireListed(requested, policy);
        Account account = directory
                .find(requested)
                .orElseThrow(() -> new AccountException("there is no account " + requested + " on this device"));
        requireAllowed(account, policy);
        long own = AccountDirectory.ownUid();
        if (own != 0 && own != account.uid()) {
            throw new AccountException("the agent runs without root and cannot become " + requested
                    + "; only its own account is possible");
        }
        return account;
    }

    /**
     * The policy's part of it, for an account that was found before: nothing is looked up.
     *
     * @throws AccountException if it is not allowed
     */
    public static void requireAllowed(Account account, AgentPolicy policy) throws AccountException {
        requireListed(account.name(), policy);
        if (account.isRoot() && !policy.allowRoot()) {
            throw new AccountException("the device's policy does not allow root");
        }
    }

    private static void requireListed(String name, AgentPolicy policy) throws AccountException {
        if (!policy.allowsAccount(name)) {
            throw new AccountException("the device's policy does not allow the account " + name);
        }
    }
}
