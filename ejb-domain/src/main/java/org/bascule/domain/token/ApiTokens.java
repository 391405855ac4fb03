package org.bascule.domain.token;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.FreshFactors;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.FolderPaths;
import org.bascule.domain.directory.Named;
import org.bascule.domain.directory.Names;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.mail.Notice;
import org.bascule.domain.mail.Notices;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * API tokens (requirement IDN-10): named, for some permissions in some folders, for a time. A token acts as its user, with what the user holds at the
 * moment as far as the token leaves it.
 */
@Stateless
public class ApiTokens {

    public static final Duration MIN_VALIDITY = Duration.ofMinutes(1);
    public static final Duration MAX_VALIDITY = Duration.ofDays(366);

    static final int MAX_TOKENS = 50;
    static final int MAX_FOLDERS = 50;

    /** What a use less than this ago says is near enough: a token that is used all the time is not written all the time. */
    static final Duration LAST_USE = Duration.ofMinutes(1);

    /** What no token gives: by these its holder could become somebody else, or last longer than it. */
    private static final Set<String> NEVER = Set.of("manage-sign-in", "operate-installation");

    /**
     * The condition for rows {@code t} whose user nobody has to vouch for, or somebody does at {@code :now}: a directory that knows the user, or another
     * company's provider by a sign-in that goes on. Where nobody signs in without a provider, the domain's own accounts come with tokens no more, either.
     */
    static final String VOUCHED_FOR =
            """
            not exists (select 1 from corporate_user c join identity_provider p on p.id = c.provider_id
              where c.user_id = t.user_id and (c.gone is not null or not p.enabled or (p.kind <> 'ldap' and not exists
                (select 1 from sign_in s where s.domain_id = t.domain_id and s.user_id = t.user_id and s.provider_id = p.id
                  and s.ended is null and s.vouched_until > :now))))
            and (exists (select 1 from corporate_user c where c.user_id = t.user_id) or not exists
              (select 1 from sign_in_setting c where c.domain_id = t.domain_id and c.corporate_only and c.break_glass <> t.user_id))""";

    private static final String TOKENS =
            """
            select t.id, t.name, t.permissions, t.created, t.expires, t.last_used, t.last_address, t.user_id, r.name
            from api_token t join resource r on r.id = t.user_id where t.domain_id = :domain""";

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    FreshFactors factors;

    @Inject
    FolderPaths folderPaths;

    @Inject
    AuditLog audit;

    @Inject
    Notices notices;

    @Inject
    Settings settings;

    @Inject
    Uuid7 ids;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    private record Stored(ApiTokenView view, String userId, String userName) {}

    /** A user's tokens, at most {@value #MAX_TOKENS}, newest first, expired ones too. One's own, or with {@code manage-users} on the user. */
    public List<ApiTokenView> of(Caller caller, String userId) throws RefusedException {
        requireOwnOrManaged(caller, userId);
        List<Stored> stored = sql.in(caller.domainId())
                .statement(TOKENS + " and t.user_id = :user order by t.created desc, t.id desc")
                .set("user", userId)
                .list(ApiTokens::stored);
        return withFolders(caller, stored.stream().map(Stored::view).toList());
    }

    private void requireOwnOrManaged(Caller caller, String userId) throws RefusedException {
        if (!userId.equals(caller.userId())) {
            authorization.require(caller, Permission.MANAGE_USERS, userId);
        }
    }

    private static Stored stored(Row row) {
        return new Stored(
                new ApiTokenView(
                        row.text(1),
                        row.text(2),
                        List.of(row.text(3).split(",", -1)),
                        List.of(),
                        row.instant(4),
                        row.instant(5),
                        row.instantOrNull(6),
                        row.textOrNull(7)),
                row.text(8),
                row.text(9));
    }

    private List<ApiTokenView> withFolders(Caller caller, List<ApiTokenView> tokens) {
        if (tokens.isEmpty()) {
            return tokens;
        }
        Map<String, List<Named>> folders = new HashMap<>();
        sql.in(caller.domainId())
                .statement(
                        """
                        select f.token_id, r.id, r.name from api_token_folder f join resource r on r.id = f.folder_id
                        where f.domain_id = :domain and f.token_id in (:tokens) order by r.name, r.id""")
                .set("tokens", tokens.stream().map(ApiTokenView::id).toList())
                .list(row -> folders.computeIfAbsent(row.text(1), id -> new ArrayList<>())
                        .add(new Named(row.text(2), row.text(3))));
        Set<String> seen = seen(
                caller,
                folders.values().stream().flatMap(List::stream).map(Named::id).collect(Collectors.toSet()));
        return tokens.stream()
                .map(token -> new ApiTokenView(
                        token.id(),
                        token.name(),
                        token.permissions(),
                        folders.getOrDefault(token.id(), List.of()).stream()
                                .map(folder -> seen.contains(folder.id()) ? folder : new Named(folder.id(), ""))
                                .toList(),
                        token.created(),
                        token.expires(),
                        token.lastUsed(),
                        token.lastAddress()))
                .toList();
    }

    private Set<String> seen(Caller caller, Collection<String> folders) {
        return authorization.permissions(caller, folders).entrySet().stream()
                .filter(folder -> folder.getValue().contains(Permission.SEE_RESOURCES))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /**
     * Makes a token of the caller.
     *
     * @param permissions codes; the caller need not hold them now, because what counts is what he holds when the token is used
     * @param folders that the caller sees
     * @throws RefusedException {@code FORBIDDEN} for who comes with a token himself; {@code CONFLICT} beyond {@value #MAX_TOKENS}
     */
    public ApiTokenCreated create(
            Caller caller, String name, Collection<String> permissions, Collection<String> folders, Duration expiresIn)
            throws RefusedException {
        authorization.requirePerson(caller);
        String checkedName = Names.checked("name", name);
        Set<String> codes = checkedPermissions(permissions);
        Set<String> places = checkedFolders(caller, folders);
        if (expiresIn.compareTo(MIN_VALIDITY) < 0 || expiresIn.compareTo(MAX_VALIDITY) > 0) {
            throw RefusedException.invalid("expiresIn", "A token is valid for a minute to 366 days.");
        }
        factors.requireForToken(caller);
        requireFew(caller);
        ApiTokenSecret secret = ApiTokenSecret.generate();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        ApiTokenView view = new ApiTokenView(
                ids.next(), checkedName, List.copyOf(codes), List.of(), now, now.plus(expiresIn), null, null);
        add(caller, view, secret, places);
        tell(caller);
        return new ApiTokenCreated(withFolders(caller, List.of(view)).get(0), secret);
    }

    private void tell(Caller caller) {
        record Told(String subject, String name) {}
        sql.in(caller.domainId())
                .statement("select u.subject, r.name from user_ref u join resource r on r.id = u.id"
                        + " where u.domain_id = :domain and u.id = :id and u.subject is not null")
                .set("id", caller.userId())
                .first(row -> new Told(row.text(1), row.text(2)))
                .ifPresent(user -> notices.add(
                        caller.domainId(), Notice.TOKEN_MADE, user.subject(), user.name(), clock.instant()));
    }

    private static Set<String> checkedPermissions(Collection<String> permissions) throws RefusedException {
        Set<String> codes = new TreeSet<>(permissions);
        for (String code : codes) {
            if (Permission.ofCode(code).isEmpty()) {
                throw RefusedException.invalid("permissions", "There is no such permission.");
            }
            if (NEVER.contains(code)) {
                throw RefusedException.invalid("permissions", "No token gives the permission %s.", code);
            }
        }
        if (codes.isEmpty()) {
            throw RefusedException.invalid("permissions", "Say at least one permission.");
        }
        return codes;
    }

    private Set<String> checkedFolders(Caller caller, Collection<String> folders) throws RefusedException {
        Set<String> places = new TreeSet<>(folders);
        if (places.isEmpty() || places.size() > MAX_FOLDERS) {
            throw RefusedException.invalid("folders", "Say 1 to %d folders.", MAX_FOLDERS);
        }
        for (String place : places) {
            authorization.require(caller, Permission.SEE_RESOURCES, place);
        }
        long known = sql.in(caller.domainId())
                .statement("select count(*) from folder where domain_id = :domain and id in (:ids)")
                .set("ids", places)
                .number();
        if (known != places.size()) {
            throw RefusedException.invalid("folders", "This is not a folder.");
        }
        return places;
    }

    /** The user's row orders those who make tokens at the same time, and reads that lock see what the ones before have made. */
    private void requireFew(Caller caller) throws RefusedException {
        sql.in(caller.domainId())
                .statement("select id from resource where domain_id = :domain and id = :user for update")
                .set("user", caller.userId())
                .list(row -> row.text(1));
        long tokens = sql.in(caller.domainId())
                .statement("select count(*) from api_token"
                        + " where domain_id = :domain and user_id = :user lock in share mode")
                .set("user", caller.userId())
                .number();
        if (tokens >= MAX_TOKENS) {
            throw new RefusedException(Problem.CONFLICT, "You have %d tokens: revoke one that is not needed.", tokens);
        }
    }

    private void add(Caller caller, ApiTokenView view, ApiTokenSecret secret, Set<String> folders) {
        sql.in(caller.domainId())
                .statement(
                        """
                        insert into api_token (id, domain_id, user_id, name, secret_hash, permissions, factor_at, created, expires)
                        values (:id, :domain, :user, :name, :hash, :permissions, :factor, :now, :expires)""")
                .set("id", view.id())
                .set("user", caller.userId())
                .set("name", view.name())
                .set("hash", secret.hash())
                .set("permissions", String.join(",", view.permissions()))
                .set("factor", caller.credential().secondFactorAt())
                .set("now", view.created())
                .set("expires", view.expires())
                .update();
        for (String folder : folders) {
            sql.in(caller.domainId())
                    .statement(
                            "insert into api_token_folder (token_id, folder_id, domain_id) values (:id, :folder, :domain)")
                    .set("id", view.id())
                    .set("folder", folder)
                    .update();
        }
        audit.record(caller.did(Operation.API_TOKEN_CREATED, Outcome.SUCCESS)
                .on(caller.userId(), caller.userName())
                .saying("token " + view.id())
                .changing(Changes.none()
                        .field("name", null, view.name())
                        .field("permissions", null, String.join(",", view.permissions()))
                        .field("folders", null, paths(folderPaths.of(caller.domainId(), folders), folders))
                        .field("folderIds", null, String.join(",", folders))
                        .field("expires", null, view.expires())));
    }

    private static String paths(Map<String, Changes.Place> places, Collection<String> folders) {
        return folders.stream()
                .map(places::get)
                .filter(Objects::nonNull)
                .map(Changes.Place::path)
                .collect(Collectors.joining(", "));
    }

    /** Revokes a user's token; what was opened with it ends. One's own, or with {@code manage-users} on the user. */
    public void revoke(Caller caller, String userId, String tokenId) throws RefusedException {
        authorization.requirePerson(caller);
        requireOwnOrManaged(caller, userId);
        Stored token = Uuid7.isUuid(tokenId)
                ? sql.in(caller.domainId())
                        .statement(TOKENS + " and t.user_id = :user and t.id = :id")
                        .set("user", userId)
                        .set("id", tokenId)
                        .first(ApiTokens::stored)
                        .orElseThrow(RefusedException::notFound)
                : refuseUnknown();
        Reach reach = reach(caller.domainId(), List.of(token));
        int removed = sql.in(caller.domainId())
                .statement("delete from api_token where domain_id = :domain and id = :id")
                .set("id", tokenId)
                .update();
        if (removed == 0) {
            throw RefusedException.notFound();
        }
        audit.record(reach.revoked(caller, token));
        live.fire(new LiveEvent.CredentialEnded(caller.domainId(), tokenId));
    }

    private static Stored refuseUnknown() throws RefusedException {
        throw RefusedException.notFound();
    }

    /**
     * Where some tokens count, for the log.
     *
     * @param folders ids by the id of the token
     */
    private record Reach(Map<String, Set<String>> folders, Map<String, Changes.Place> places) {

        private Changes changes(Stored token, Collection<String> without) {
            Set<String> before = folders.getOrDefault(token.view().id(), Set.of());
            Set<String> after = new TreeSet<>(before);
            after.removeAll(without);
            return Changes.none()
                    .field("folders", emptyAsNull(paths(places, before)), emptyAsNull(paths(places, after)))
                    .field("folderIds", emptyAsNull(String.join(",", before)), emptyAsNull(String.join(",", after)));
        }

        private static @Nullable String emptyAsNull(String text) {
            return text.isEmpty() ? null : text;
        }

        private AuditEvent revoked(Caller caller, Stored token) {
            return about(caller.did(Operation.API_TOKEN_REVOKED, Outcome.SUCCESS), token)
                    .changing(changes(token, places.keySet())
                            .field("name", token.view().name(), null)
                            .field("permissions", String.join(",", token.view().permissions()), null)
                            .field("expires", token.view().expires(), null));
        }

        private AuditEvent limited(Caller caller, Stored token, Set<String> gone) {
            return about(caller.did(Operation.API_TOKEN_CHANGED, Outcome.SUCCESS), token)
                    .changing(changes(token, gone));
        }

        private static AuditEvent about(AuditEvent event, Stored token) {
            return event.on(token.userId(), token.userName())
                    .saying("token " + token.view().id());
        }
    }

    private Reach reach(String domainId, List<Stored> tokens) {
        if (tokens.isEmpty()) {
            return new Reach(Map.of(), Map.of());
        }
        Map<String, Set<String>> folders = new HashMap<>();
        sql.in(domainId)
                .statement("select token_id, folder_id from api_token_folder"
                        + " where domain_id = :domain and token_id in (:tokens) lock in share mode")
                .set("tokens", tokens.stream().map(token -> token.view().id()).toList())
                .list(row -> folders.computeIfAbsent(row.text(1), id -> new TreeSet<>())
                        .add(row.text(2)));
        return new Reach(
                folders,
                folderPaths.of(
                        domainId, folders.values().stream().flatMap(Set::stream).collect(Collectors.toSet())));
    }

    /** What the log says of the tokens of some users who are about to be deleted, and of those of others that count in folders among what is. */
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        Set<String> gone = new HashSet<>(ids);
        List<Stored> tokens = new ArrayList<>(stored(caller, "t.user_id", gone));
        List<String> limited = sql.in(caller.domainId())
                .statement("select distinct token_id from api_token_folder"
                        + " where domain_id = :domain and folder_id in (:ids) lock in share mode")
                .set("ids", gone)
                .list(row -> row.text(1));
        if (!limited.isEmpty()) {
            stored(caller, "t.id", limited).stream()
                    .filter(token -> !gone.contains(token.userId()))
                    .forEach(tokens::add);
        }
        Reach reach = reach(caller.domainId(), tokens);
        return tokens.stream()
                .map(token -> gone.contains(token.userId())
                        ? reach.revoked(caller, token)
                        : reach.limited(caller, token, gone))
                .toList();
    }

    private List<Stored> stored(Caller caller, String column, Collection<String> ids) {
        return sql.in(caller.domainId())
                .statement(TOKENS + " and " + column + " in (:ids) order by t.id lock in share mode")
                .set("ids", ids)
                .list(ApiTokens::stored);
    }

    /**
     * Whose token this is, if it is one and has not expired; that it was used is kept, to about a minute.
     *
     * @param address where it came from
     */
    public Optional<PresentedToken> presented(ApiTokenSecret secret, String address) {
        record Use(PresentedToken token, @Nullable Instant lastUsed) {}
        Instant now = clock.instant();
        Optional<Use> found = sql.acrossDomains()
                .statement(
                        """
                        select t.id, t.permissions, t.factor_at, t.expires, t.last_used, t.user_id, r.name, coalesce(u.subject, u.id), d.id, d.name, d.realm
                        from api_token t join domain d on d.id = t.domain_id join resource r on r.id = t.user_id join user_ref u on u.id = t.user_id
                        where t.secret_hash = :hash and t.expires > :now and\s"""
                                + VOUCHED_FOR)
                .set("hash", secret.hash())
                .set("now", now)
                .first(row -> new Use(
                        new PresentedToken(
                                new DomainReference(
                                        row.text(9), row.text(10), row.text(11), settings.issuerOf(row.text(11))),
                                row.text(6),
                                row.text(7),
                                row.text(8),
                                Credentials.token(sql, row.text(9), row),
                                row.instant(4)),
                        row.instantOrNull(5)));
        found.filter(use ->
                        use.lastUsed() == null || use.lastUsed().plus(LAST_USE).isBefore(now))
                .ifPresent(use -> used(use.token(), address, now));
        return found.map(Use::token);
    }

    /** Whether it is or was one, and has not been revoked. */
    public boolean isKnown(ApiTokenSecret secret) {
        return sql.acrossDomains()
                .statement("select 1 from api_token where secret_hash = :hash")
                .set("hash", secret.hash())
                .first(row -> row.number(1))
                .isPresent();
    }

    private void used(PresentedToken token, String address, Instant now) {
        sql.in(token.domain().id())
                .statement("update api_token set last_used = :now, last_address = :address"
                        + " where domain_id = :domain and id = :id")
                .set("now", now)
                .set("address", address)
                .set("id", token.credential().id())
                .update();
    }
}
