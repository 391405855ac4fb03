package org.bascule.web.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.access.Preview;
import org.bascule.domain.access.PrincipalReference;
import org.bascule.domain.acl.Membership;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.PlannedConditions;
import org.bascule.domain.contract.Qualification;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreviewJsonTest {

    private static final String FOLDER = "00000000-0000-7000-8000-000000000001";
    private static final String USER = "00000000-0000-7000-8000-000000000002";

    private static Preview.Request request(String text) throws WireException {
        return PreviewJson.request(StrictJson.parse(
                text.replace('\'', '"').replace("FOLDER", FOLDER).replace("USER", USER), 10_000));
    }

    @Test
    void whatIsLeftOutIsNotChanged() throws Exception {
        assertThat(request("{}")).isEqualTo(new Preview.Request(List.of(), List.of(), Map.of()));
        assertThat(request("{'add':null,'contracts':null,'qualifications':[]}"))
                .isEqualTo(new Preview.Request(List.of(), List.of(), Map.of()));
    }

    @Test
    void placesAndMembershipsAreRead() throws Exception {
        Preview.Request request = request(
                "{'move':[{'resource':'USER','folder':'FOLDER'}],'join':[{'group':'FOLDER','member':'USER'}],'delete':['USER']}");
        assertThat(request.move()).isEqualTo(Map.of(USER, FOLDER));
        assertThat(request.join()).containsExactly(new Membership(FOLDER, USER));
        assertThat(request.delete()).containsExactly(USER);
    }

    @Test
    void contractsAndQualificationsHaveTheFormThatTheyAreSavedIn() throws Exception {
        Contract contract =
                new Contract("C-17", "", null, Instant.parse("2030-01-01T00:00:00Z"), "", true, List.of("Welder"));
        assertThat(request(
                                "{'contracts':[{'folder':'FOLDER','contract':{'reference':'C-17','until':'2030-01-01T00:00:00Z',"
                                        + "'required':true,'qualifications':['Welder']}}],"
                                        + "'qualifications':[{'user':'USER','items':[{'name':'Welder'},"
                                        + "{'name':'Pilot','until':'2030-01-01T00:00:00Z'}]}]}")
                        .conditions())
                .isEqualTo(new PlannedConditions.Change(
                        Map.of(FOLDER, Optional.of(contract)),
                        Map.of(
                                USER,
                                List.of(
                                        new Qualification("Welder", null),
                                        new Qualification("Pilot", Instant.parse("2030-01-01T00:00:00Z"))))));
        PlannedConditions.Change none = new PlannedConditions.Change(Map.of(FOLDER, Optional.empty()), Map.of());
        assertThat(request("{'contracts':[{'folder':'FOLDER','contract':null}]}")
                        .conditions())
                .isEqualTo(none);
        assertThat(request("{'contracts':[{'folder':'FOLDER'}]}").conditions()).isEqualTo(none);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'contracts':{}}",
                "{'contracts':[{'contract':null}]}",
                "{'contracts':[{'folder':'FOLDER','contract':'C-17'}]}",
                "{'contracts':[{'folder':'FOLDER','contract':{'qualifications':'Welder'}}]}",
                "{'qualifications':[{'items':[]}]}",
                "{'qualifications':[{'user':'USER'}]}",
                "{'qualifications':[{'user':'USER','items':['Welder']}]}"
            })
    void whatHasNoFormIsRefused(String text) {
        assertThatExceptionOfType(WireException.class).isThrownBy(() -> request(text));
    }

    @Test
    void moreThanItsNumberIsRefused() {
        String one = "{'folder':'FOLDER'}";
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> request("{'contracts':[" + one + ("," + one).repeat(Preview.MAX_CONDITIONS) + "]}"))
                .matches(e -> e.reason() == WireException.Reason.TOO_LARGE);
    }

    @Test
    void everyNumberIsTold() {
        Preview.EffectView effect =
                new Preview.EffectView(new PrincipalReference(USER, "ann", "user"), Permission.TERMINAL, 1, 2, 3, 4, 5);
        assertThat(PreviewJson.result(new Preview.Result(List.of(effect), true, 6))
                        .build()
                        .toString())
                .isEqualTo(("{'effects':[{'principal':{'id':'USER','name':'ann','kind':'user'},'permission':'terminal',"
                                + "'lost':1,'gained':2,'placesLost':3,'placesGained':4,'users':5}],"
                                + "'ownersLeft':true,'sessionsEnding':6}")
                        .replace('\'', '"')
                        .replace("USER", USER));
    }
}
