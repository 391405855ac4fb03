package org.bascule.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.bascule.domain.contract.Contract;
import org.bascule.wire.StrictJson;
import org.junit.jupiter.api.Test;

class ContractResourceTest {

    private static Contract contract(String text) throws Exception {
        return ContractResource.contract(StrictJson.parse(text.replace('\'', '"'), 10_000));
    }

    /** As the page sends it that leaves a field empty. */
    @Test
    void textsMayBeEmpty() throws Exception {
        assertThat(contract("{'reference':null,'purpose':'','from':null,'until':null,'terms':'','required':false,"
                        + "'qualifications':[]}"))
                .isEqualTo(Contract.NONE);
        assertThat(contract("{}")).isEqualTo(Contract.NONE);
    }

    @Test
    void everyMemberIsRead() throws Exception {
        assertThat(contract("{'reference':'C-17','purpose':'repair','from':'2030-01-01T00:00:00Z',"
                        + "'until':'2031-01-01T00:00:00Z','terms':'none','required':true,'qualifications':['Welder']}"))
                .isEqualTo(new Contract(
                        "C-17",
                        "repair",
                        Instant.parse("2030-01-01T00:00:00Z"),
                        Instant.parse("2031-01-01T00:00:00Z"),
                        "none",
                        true,
                        List.of("Welder")));
    }
}
