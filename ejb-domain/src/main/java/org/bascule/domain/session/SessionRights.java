package org.bascule.domain.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bascule.domain.account.AccountState;
import org.bascule.domain.account.AccountStates;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.contract.Conditions;
import org.bascule.domain.contract.UnmetCondition;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.token.Credentials;
import org.bascule.wire.Operations;
import org.jspecify.annotations.Nullable;

/**
 * What is left of sessions that run: by account, sign-in, rights and conditions of this moment. For many sessions of a domain the database is asked a few
 * times, and not for each; for each one more that leads to a sub-device or watches another.
 */
@ApplicationScoped
public class SessionRights {

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    Credentials credentials;

    @Inject
    AccountStates accounts;

    @Inject
    Conditions conditions;

    @Inject
    WatchRules watching;

    @Inject
    ForwardRules forwards;

    @Inject
    Clock clock;

    /**
     * What the user may go on with, of what the session was opened for.
     *
     * @param end why it has to end; empty if it goes on
     */
    public record Left(Operations operations, Optional<EndReason> end) {

        private static Left none(EndReason reason) {
            return new Left(new Operations(List.of()), Optional.of(reason));
        }
    }

    /** What was asked for sessions of one domain. */
    public record Asked(Map<String, Credential> credentials, Map<Conditions.Access, UnmetCondition> unmet) {

        private Optional<Credential> credential(@Nullable String id) {
            return id == null ? Optional.of(Credential.NONE) : Optional.ofNullable(credentials.get(id));
        }
    }

    /** Asks what {@link #left} needs for sessions of a domain. */
    public Asked ask(String domainId, List<StoredSession> sessions) {
        authorization.prepare(
                domainId,
                sessions.stream().map(StoredSession::deviceUid).distinct().toList());
        return new Asked(
                credentials.of(
                        domainId,
                        sessions.stream()
                                .map(StoredSession::credential)
                                .filter(Objects::nonNull)
                                .distinct()
                                .toList()),
                conditions.unmet(
                        domainId, sessions.stream().map(SessionRights::access).toList()));
    }

    /** Domains in which a session runs whose API token has expired, or whose sign-in the company of its user has not vouched for again. */
    public List<String> lapsed() {
        return sql.acrossDomains()
                .statement(
                        """
                        select distinct s.domain_id from remote_session s where s.state = 'running' and (
                          exists (select 1 from api_token t where t.domain_id = s.domain_id and t.id = s.credential_id and t.expires <= :now)
                          or exists (select 1 from sign_in i
                            where i.domain_id = s.domain_id and i.id = s.credential_id and i.vouched_until <= :now))""")
                .set("now", clock.instant())
                .list(row -> row.text(1));
    }

    private static Conditions.Access access(StoredSession session) {
        return new Conditions.Access(session.userId(), session.deviceUid());
    }

    /** What is left of one of them. */
    public Left left(Asked asked, StoredSession session) {
        Optional<Credential> credential = asked.credential(session.credential());
        if (credential.isEmpty() || accounts.state(session.domainId(), session.userId()) != AccountState.ACTIVE) {
            return Left.none(EndReason.SIGNED_OUT);
        }
        if (!clock.instant().isBefore(session.sessionExpires())) {
            return Left.none(EndReason.EXPIRED);
        }
        Operations permitted = forwards.listed(
                session.domainId(),
                session.deviceUid(),
                SessionPermissions.permitted(authorization, session, credential.get()));
        if (permitted.isEmpty()) {
            return Left.none(EndReason.NOT_PERMITTED);
        }
        if (watching.isOver(session)) {
            return Left.none(EndReason.WATCHED_ENDED);
        }
        UnmetCondition unmet = asked.unmet().get(access(session));
        return unmet == null ? new Left(permitted, Optional.empty()) : Left.none(EndReason.of(unmet.problem()));
    }
}
