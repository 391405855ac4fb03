package org.bascule.web.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.bascule.domain.access.AccessEntries;
import org.bascule.domain.access.EntryRequest;
import org.bascule.domain.access.EntryView;
import org.bascule.domain.access.PrincipalReference;
import org.bascule.domain.access.ResourceReference;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.acl.WeeklyWindow;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessJsonTest {

    private static final String RESOURCE = "00000000-0000-7000-8000-000000000001";
    private static final String GROUP = "00000000-0000-7000-8000-000000000002";

    private static StrictJson json(String text) throws WireException {
        return StrictJson.parse(text.replace('\'', '"'), 10_000);
    }

    private static StrictJson request(String more) throws WireException {
        return json("{'resource':'" + RESOURCE + "','principal':'" + GROUP
                + "','permissions':['terminal'],'effect':'allow'" + more + "}");
    }

    @Test
    void readsAnEntry() throws Exception {
        assertThat(AccessJson.request(request("")))
                .isEqualTo(new EntryRequest(
                        RESOURCE, GROUP, Set.of(Permission.TERMINAL), Effect.ALLOW, Validity.ALWAYS, false));
        EntryRequest limited = AccessJson.request(
                request(",'from':'2026-01-01T00:00:00Z','until':'2026-02-01T00:00:00Z','delegable':true,"
                        + "'window':{'days':['fri','mon'],'start':'22:00','end':'24:00','zone':'Europe/Vienna'}"));
        assertThat(limited.delegable()).isTrue();
        assertThat(limited.validity())
                .isEqualTo(new Validity(
                        Instant.parse("2026-01-01T00:00:00Z"),
                        Instant.parse("2026-02-01T00:00:00Z"),
                        new WeeklyWindow(
                                Set.of(DayOfWeek.MONDAY, DayOfWeek.FRIDAY), 1_320, 1_440, ZoneId.of("Europe/Vienna"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'days':[],'start':'08:00','end':'17:00','zone':'UTC'}",
                "{'days':['noday'],'start':'08:00','end':'17:00','zone':'UTC'}",
                "{'days':['mon'],'start':'8:00','end':'17:00','zone':'UTC'}",
                "{'days':['mon'],'start':'08:60','end':'17:00','zone':'UTC'}",
                "{'days':['mon'],'start':'24:00','end':'17:00','zone':'UTC'}",
                "{'days':['mon'],'start':'08:00','end':'08:00','zone':'UTC'}",
                "{'days':['mon'],'start':'08:00','end':'25:00','zone':'UTC'}",
                "{'days':['mon'],'start':'08:00','end':'17:00','zone':'Mars/Base'}",
                "{'days':['mon'],'start':'08:00','end':'17:00','zone':'+02:00:99'}",
                "{'days':['mon','mon','mon','mon','mon','mon','mon','mon'],'start':'08:00','end':'17:00','zone':'UTC'}",
                "{'days':['mon'],'start':'08:00','end':'17:00'}",
                "[]"
            })
    void refusesAWindowThatIsNone(String window) {
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> AccessJson.request(request(",'window':" + window)))
                .matches(e -> e instanceof ProblemException || e instanceof WireException);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'principal':'x','permissions':['terminal'],'effect':'allow'}",
                "{'resource':'x','principal':'x','permissions':['fly'],'effect':'allow'}",
                "{'resource':'x','principal':'x','permissions':'terminal','effect':'allow'}",
                "{'resource':'x','principal':'x','permissions':['terminal'],'effect':'maybe'}",
                "{'resource':'x','principal':'x','permissions':['terminal'],'effect':'allow','delegable':'yes'}",
                "{'resource':'x','principal':'x','permissions':['terminal'],'effect':'allow','until':'tomorrow'}",
                "{'resource':'x','principal':'x','permissions':['terminal'],'effect':'allow','until':5}"
            })
    void refusesAnEntryThatIsNone(String text) {
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> AccessJson.request(json(text)))
                .matches(e -> e instanceof ProblemException || e instanceof WireException);
    }

    @Test
    void tellsKeptFromTakenAway() throws Exception {
        AccessEntries.EntryChange change = AccessJson.change(json("{'until':null,'delegable':false}"));
        assertThat(change.setsFrom()).isFalse();
        assertThat(change.setsUntil()).isTrue();
        assertThat(change.until()).isNull();
        assertThat(change.setsWindow()).isFalse();
        assertThat(change.delegable()).isFalse();
    }

    @Test
    void writesAnEntry() {
        EntryView view = new EntryView(
                new Entry(
                        "e",
                        RESOURCE,
                        GROUP,
                        Permission.VPN,
                        Effect.DENY,
                        new Validity(
                                null,
                                null,
                                new WeeklyWindow(
                                        Set.of(DayOfWeek.SUNDAY, DayOfWeek.MONDAY), 480, 30, ZoneId.of("UTC"))),
                        true,
                        Entry.Origin.REQUEST,
                        3),
                new ResourceReference(RESOURCE, "north", "folder", List.of(new ResourceReference.Step("r", "root"))),
                new PrincipalReference(GROUP, "service", "group"),
                false);
        assertThat(AccessJson.entry(view).build().toString())
                .isEqualTo(Objects.toString("{'id':'e','resource':{'id':'" + RESOURCE
                                + "','name':'north','kind':'folder','path':[{'id':'r','name':'root'}]},'principal':{'id':'"
                                + GROUP
                                + "','name':'service','kind':'group'},'permission':'vpn','effect':'deny','from':null,'until':null,"
                                + "'window':{'days':['mon','sun'],'start':'08:00','end':'00:30','zone':'UTC'},'origin':'request',"
                                + "'delegable':true,'editable':false,'etag':'3'}")
                        .replace('\'', '"'));
    }
}
