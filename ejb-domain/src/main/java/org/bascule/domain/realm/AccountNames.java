package org.bascule.domain.realm;

import java.util.Locale;
import java.util.regex.Pattern;
import org.bascule.domain.options.DomainOptions;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** Names by which people sign in, as every realm takes them: lower case, because case does not matter there, and nothing that looks like something else. */
public final class AccountNames {

    private static final Pattern NAME = Pattern.compile("[a-z0-9._@+-]{3,100}");

    private AccountNames() {}

    /** The name in the form that the realm has it in. */
    public static String checked(String field, String name) throws RefusedException {
        String lower = name.strip().toLowerCase(Locale.ROOT);
        if (!NAME.matcher(lower).matches()) {
            throw RefusedException.invalid(
                    field, "The name of an account has 3 to 100 letters without accents, digits and . _ @ + -");
        }
        return lower;
    }

    /** An e-mail address; null or empty for none. */
    public static @Nullable String email(String field, @Nullable String address) throws RefusedException {
        if (address == null || address.isBlank()) {
            return null;
        }
        String stripped = address.strip();
        if (!DomainOptions.isAddress(stripped)) {
            throw RefusedException.invalid(field, "This is not an e-mail address.");
        }
        return stripped;
    }
}
