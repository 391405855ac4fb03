package org.bascule.domain.options;

import java.util.List;
import java.util.regex.Pattern;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * The options of a domain.
 *
 * @param commentRequired whether a person who ends a session must say what was done (AUD-9)
 * @param fullSessionLog whether sessions are logged in full (AUD-3)
 * @param notificationAddresses e-mail addresses that are told when somebody is needed; at most {@value #MAX_ADDRESSES}
 * @param quota how many sessions may be open at the same time, 1 to {@value #MAX_QUOTA}; null for no limit
 * @param auditDays for how many days audit records are kept at least, {@value #MIN_AUDIT_DAYS} to {@value #MAX_AUDIT_DAYS}
 */
public record DomainOptions(
        boolean commentRequired,
        boolean fullSessionLog,
        Assistance assistance,
        List<String> notificationAddresses,
        @Nullable Integer quota,
        int auditDays) {

    public static final int MAX_ADDRESSES = 20;
    public static final int MAX_QUOTA = 100_000;
    public static final int MIN_AUDIT_DAYS = 365;
    public static final int MAX_AUDIT_DAYS = 36_500;

    private static final int MAX_ADDRESS = 254;

    /** One mailbox in the common form; comments, quoted local parts and address literals of RFC 5322 are not for here. */
    private static final Pattern ADDRESS =
            Pattern.compile("[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*");

    /** Of a domain that has decided nothing. */
    public static final DomainOptions DEFAULT =
            new DomainOptions(false, false, Assistance.DEFAULT, List.of(), null, 730);

    public DomainOptions {
        notificationAddresses = List.copyOf(notificationAddresses);
    }

    /** Refuses what came from outside and cannot be; the field is named as in the API. */
    public DomainOptions checked() throws RefusedException {
        assistance.check();
        if (notificationAddresses.size() > MAX_ADDRESSES) {
            throw RefusedException.invalid("notificationAddresses", "There are at most %d addresses.", MAX_ADDRESSES);
        }
        for (String address : notificationAddresses) {
            if (!isAddress(address)) {
                throw RefusedException.invalid("notificationAddresses", "One of these is not an e-mail address.");
            }
        }
        checkQuota("quota", quota);
        if (auditDays < MIN_AUDIT_DAYS || auditDays > MAX_AUDIT_DAYS) {
            throw RefusedException.invalid(
                    "auditDays", "Audit records are kept for %d to %,d days.", MIN_AUDIT_DAYS, MAX_AUDIT_DAYS);
        }
        return this;
    }

    /** Whether this is one mailbox in the common form. */
    public static boolean isAddress(String text) {
        return text.length() <= MAX_ADDRESS && ADDRESS.matcher(text).matches();
    }

    /** Refuses a quota of a domain or folder beyond its bounds. */
    public static void checkQuota(String field, @Nullable Integer quota) throws RefusedException {
        if (quota != null && (quota < 1 || quota > MAX_QUOTA)) {
            throw RefusedException.invalid(field, "A quota is 1 to %,d sessions.", MAX_QUOTA);
        }
    }
}
