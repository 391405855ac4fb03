package org.bascule.domain.acl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why somebody holds a permission on a resource or does not (requirement ACL-5).
 *
 * @param deciding the entry that decided; null if there was none
 * @param lost the other entries about the same, nearest first
 */
public record Explanation(
        Permission permission, boolean granted, @Nullable Entry deciding, Reason reason, List<Lost> lost) {

    public Explanation {
        lost = List.copyOf(lost);
    }

    /** What made the deciding entry decide. */
    public enum Reason {
        NO_ENTRY("no-entry"),
        /** It is about the user. */
        OWN_ENTRY("own-entry"),
        /** It is about a group of the user. */
        GROUP_ENTRY("group-entry"),
        /** Another one on the same level allows. */
        DENY_BEFORE_ALLOW("deny-before-allow"),
        /** Another one farther up says something else. */
        NEARER("nearer");

        private final String code;

        Reason(String code) {
            this.code = code;
        }

        public String code() {
            return code;
        }
    }

    /** Why an entry did not decide. */
    public enum Why {
        FARTHER("farther"),
        GROUP_BEHIND_USER("group-behind-user"),
        ALLOW_BEHIND_DENY("allow-behind-deny"),
        /** It says the same as the deciding one, on the same level. */
        SAME("same"),
        OUTSIDE_TIME("outside-time"),
        /** It is above a folder or resource that does not inherit. */
        BLOCKED("blocked");

        private final String code;

        Why(String code) {
            this.code = code;
        }

        public String code() {
            return code;
        }
    }

    /** An entry that did not decide. */
    public record Lost(Entry entry, Why why) {}

    /** An entry about the user. {@code own}: not about a group. {@code counts}: within its time. */
    record Candidate(Entry entry, boolean own, boolean counts) {
        /** The smallest decides. */
        int weight() {
            return (own ? 0 : 2) + (entry.effect() == Effect.ALLOW ? 1 : 0);
        }
    }

    /** Takes the levels of the tree, nearest first. */
    static final class Builder {
        private final Permission permission;
        private Optional<Candidate> deciding = Optional.empty();
        private final List<Lost> lost = new ArrayList<>();

        Builder(Permission permission) {
            this.permission = permission;
        }

        /** {@code open}: nothing between here and the resource blocks. */
        void level(List<Candidate> candidates, boolean open) {
            boolean decided = deciding.isPresent();
            if (!decided && open) {
                deciding = candidates.stream()
                        .filter(Candidate::counts)
                        .min(Comparator.comparingInt(Candidate::weight)
                                .thenComparing(candidate -> candidate.entry().id()));
            }
            for (Candidate candidate : candidates) {
                if (deciding.filter(candidate::equals).isEmpty()) {
                    lost.add(new Lost(candidate.entry(), why(candidate, decided, open)));
                }
            }
        }

        private Why why(Candidate candidate, boolean decidedBelow, boolean open) {
            if (!open) {
                return Why.BLOCKED;
            }
            if (!candidate.counts()) {
                return Why.OUTSIDE_TIME;
            }
            if (decidedBelow) {
                return Why.FARTHER;
            }
            Candidate winner = deciding.orElseThrow();
            if (candidate.own() != winner.own()) {
                return Why.GROUP_BEHIND_USER;
            }
            return candidate.entry().effect() == winner.entry().effect() ? Why.SAME : Why.ALLOW_BEHIND_DENY;
        }

        Explanation build() {
            return deciding.map(winner -> new Explanation(
                            permission, winner.entry().effect() == Effect.ALLOW, winner.entry(), reason(winner), lost))
                    .orElseGet(() -> new Explanation(permission, false, null, Reason.NO_ENTRY, lost));
        }

        private Reason reason(Candidate winner) {
            if (lost.stream().anyMatch(one -> one.why() == Why.ALLOW_BEHIND_DENY)) {
                return Reason.DENY_BEFORE_ALLOW;
            }
            boolean otherwiseAbove = lost.stream()
                    .anyMatch(one -> one.why() == Why.FARTHER
                            && one.entry().effect() != winner.entry().effect());
            if (otherwiseAbove) {
                return Reason.NEARER;
            }
            return winner.own() ? Reason.OWN_ENTRY : Reason.GROUP_ENTRY;
        }
    }
}
