package org.bascule.domain.corporate;

import java.util.Locale;
import org.bascule.domain.refusal.Sentence;
import org.bascule.domain.refusal.Template;

/**
 * What came of trying a provider.
 *
 * @param sentence one of ours; nothing of what the other side answered
 */
public record TestResult(Code code, Sentence sentence) {

    TestResult(Code code, @Template String template, Object... arguments) {
        this(code, Sentence.of(template, arguments));
    }

    /** What it was. */
    public enum Code {
        OK,
        /** It answers, and does not tell whether it takes the client and its secret. */
        UNPROVED,
        /** It does not answer. */
        UNREACHABLE,
        /** It answers, but not as such a provider does. */
        UNREADABLE,
        /** It says that it is another one. */
        OTHER_ISSUER,
        /** It does not take the client, account or secret. */
        REFUSED,
        /** The domain's own realm, which asks directories, does not answer. */
        NO_REALM;

        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public boolean isOk() {
        return code == Code.OK || code == Code.UNPROVED;
    }
}
