package org.bascule.domain.session;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.directory.Named;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Connections of a period, summed. A session counts whole, in the period in which it was requested and in the folders that its device was in then: reports of periods that follow
 * one another add up, and what is moved later changes none of them. Of one that runs the time until now counts; which sessions count, their seconds and so the order
 * are on all pages of a report those of the time of the first, bytes and names those of the time of each page. Of what is counted a reader sees what the connection log shows him:
 * {@link ConnectionLog}.
 */
@Stateless
public class ConnectionReport {

    /** Sort keys of a report, and before them the time that its pages have in common. */
    public static final int KEYS = 4;

    /** What the newest session of a line says: behind its time, which is 23 characters. */
    private static final String NEWEST =
            "substring(max(convert(concat(s.created, s.%s) using utf8mb4) collate utf8mb4_bin), 24)";

    private static final String SUMS =
            """
            select s.user_id, s.device_id, count(*),
              sum(greatest(timestampdiff(second, s.started, if(s.ended < :now, s.ended, :now)), 0)) as seconds,
              sum(s.bytes_in), sum(s.bytes_out), %s as user_name, %s as device_name, %s from\s"""
                    .formatted(
                            NEWEST.formatted("user_name"),
                            NEWEST.formatted("device_name"),
                            NEWEST.formatted("folder_id"));

    private static final String OF_DOMAIN = "remote_session s" + LoggedDevices.JOIN
            + " where s.domain_id = :domain and s.created >= :from and s.created < :to and s.created <= :now";

    private static final String OF_FOLDER = "session_place p join remote_session s on s.sid = p.sid"
            + LoggedDevices.JOIN
            + " where p.domain_id = :domain and p.folder_id = :folder and p.created >= :from and p.created < :to"
            + " and p.created <= :now and s.domain_id = :domain";

    private static final String ORDER =
            """
             group by s.user_id, s.device_id
            having :seconds is null or seconds < :seconds or seconds = :seconds and (s.user_id > :user or s.user_id = :user and s.device_id > :device)
            order by seconds desc, s.user_id, s.device_id limit :limit""";

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    Clock clock;

    /**
     * A page of a report.
     *
     * @param restricted whether the reader may not view the connection log everywhere, so that sessions may be missing
     */
    public record Sums(Slice<Sum> lines, boolean restricted) {}

    /**
     * A line of a report: what one person did on one device in a period. Names are hostile text.
     *
     * @param userName as it was at the newest of these sessions, as is the name of the device
     * @param folder that the device was in at the newest of these sessions; null if it is gone or the reader does not see it
     */
    public record Sum(
            String userId,
            String userName,
            String deviceUid,
            String deviceName,
            @Nullable Named folder,
            long sessions,
            long seconds,
            long bytesIn,
            long bytesOut) {}

    /**
     * Connections of a period, by person and device, the longest first. Needs {@link Permission#VIEW_CONNECTION_LOG} on the folder, or on the domain.
     *
     * @param folder in or below which the devices were; null for the whole domain
     * @param from of the requests of sessions, included
     * @param to not included
     */
    public Sums sums(Caller caller, @Nullable String folder, Instant from, Instant to, Cursor cursor)
            throws RefusedException {
        if (folder == null) {
            authorization.requireOnDomain(caller, Permission.VIEW_CONNECTION_LOG);
        } else {
            authorization.require(caller, Permission.VIEW_CONNECTION_LOG, folder);
        }
        boolean all = folder == null || isRoot(caller.domainId(), folder);
        boolean whole = authorization.holdsOnDomain(caller, Permission.VIEW_CONNECTION_LOG);
        Scope scope = authorization.scope(caller, Permission.VIEW_CONNECTION_LOG);
        Instant begun = cursor.time(0);
        Instant now = begun == null ? clock.instant().truncatedTo(ChronoUnit.MILLIS) : begun;
        Statement statement = scope.bind(sql.in(caller.domainId())
                .statement(SUMS + (all ? OF_DOMAIN : OF_FOLDER) + " and s.started is not null and "
                        + LoggedDevices.visible(scope, whole) + ORDER)
                .set("now", now)
                .set("from", from)
                .set("to", to)
                .set("seconds", seconds(cursor))
                .set("user", cursor.id(2))
                .set("device", cursor.id(3))
                .set("limit", cursor.fetch()));
        if (!all) {
            statement.set("folder", folder);
        }
        Slice<Line> page = cursor.slice(
                statement.list(Line::of),
                line -> List.of(
                        now.toString(),
                        Long.toString(line.sum().seconds()),
                        line.sum().userId(),
                        line.sum().deviceUid()));
        Map<String, Named> folders = folders(caller, page.items());
        return new Sums(
                new Slice<>(page.items().stream().map(line -> line.in(folders)).toList(), page.next()),
                !(whole && scope.isEverything()));
    }

    private static @Nullable Long seconds(Cursor cursor) throws RefusedException {
        String seconds = cursor.key(1);
        if (seconds != null && !seconds.matches("[0-9]{1,18}")) {
            throw RefusedException.invalid("cursor", "This is no cursor of this list.");
        }
        return seconds == null ? null : Long.valueOf(seconds);
    }

    private boolean isRoot(String domainId, String folder) {
        return sql.in(domainId)
                .statement("select 1 from resource where root_of = :domain and id = :folder")
                .set("folder", folder)
                .first(row -> row.number(1))
                .isPresent();
    }

    private record Line(Sum sum, Optional<String> folder) {

        static Line of(Row row) {
            return new Line(
                    new Sum(
                            row.text(1),
                            row.text(7),
                            row.text(2),
                            row.text(8),
                            null,
                            row.number(3),
                            row.number(4),
                            row.number(5),
                            row.number(6)),
                    Optional.ofNullable(row.textOrNull(9)));
        }

        Sum in(Map<String, Named> folders) {
            return new Sum(
                    sum.userId(),
                    sum.userName(),
                    sum.deviceUid(),
                    sum.deviceName(),
                    folder.map(folders::get).orElse(null),
                    sum.sessions(),
                    sum.seconds(),
                    sum.bytesIn(),
                    sum.bytesOut());
        }
    }

    /** Names of the folders that the reader sees. */
    private Map<String, Named> folders(Caller caller, List<Line> lines) {
        List<String> ids = lines.stream()
                .flatMap(line -> line.folder().stream())
                .distinct()
                .toList();
        Scope scope = authorization.scope(caller, Permission.SEE_RESOURCES);
        Map<String, Named> folders = new HashMap<>();
        if (!ids.isEmpty()) {
            scope.bind(sql.in(caller.domainId())
                            .statement(
                                    "select r.id, r.name from resource r where r.domain_id = :domain and r.kind = 'folder'"
                                            + " and r.id in (:ids) and " + scope.folders("r")))
                    .set("ids", ids)
                    .list(row -> folders.put(row.text(1), new Named(row.text(1), row.text(2))));
        }
        return folders;
    }
}
