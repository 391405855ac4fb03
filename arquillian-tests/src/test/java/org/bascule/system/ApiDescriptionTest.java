package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.bascule.system.ApiDescription.Call;
import org.bascule.system.ApiDescription.Extent;
import org.bascule.system.ApiDescription.Operation;
import org.junit.jupiter.api.Test;

/** The walk over the API can be built from its description; this needs no running system. */
class ApiDescriptionTest {

    private static final Path FILE = Path.of("..", "web-admin", "src", "main", "webapp", "WEB-INF", "openapi.yaml");

    @Test
    void everyOperationCanBeCalled() throws IOException {
        ApiDescription description = new ApiDescription(Files.readString(FILE));
        for (Operation operation : description.operations()) {
            for (Extent extent : Extent.values()) {
                Call call = description.call(
                        operation, extent, "marker", slot -> UUID.randomUUID().toString());
                assertThat(call.target()).startsWith("/api/").doesNotContain("{");
                assertThat(call.body().isPresent())
                        .isEqualTo(!operation.contents().isEmpty());
                assertThat(call.slots()).hasSameSizeAs(call.sent());
            }
        }
    }

    @Test
    void namesThingsInPathQueryAndBody() throws IOException {
        ApiDescription description = new ApiDescription(Files.readString(FILE));
        Operation create = description.operation("POST", "/api/access/entries").orElseThrow();
        assertThat(description
                        .call(create, Extent.REQUIRED, "marker", slot -> "x")
                        .slots())
                .extracting(ApiDescription.Slot::list)
                .containsExactly("/api/folders", "/api/users");
        Operation member = description
                .operation("PUT", "/api/groups/{id}/members/{member}")
                .orElseThrow();
        assertThat(description
                        .call(member, Extent.REQUIRED, "marker", ApiDescription.Slot::name)
                        .target())
                .isEqualTo("/api/groups/id/members/member");
    }

    @Test
    void whatCannotBeBuiltIsNamed() {
        String yaml =
                """
                paths:
                  /api/boxes:
                    post:
                      x-permission: see-resources
                      requestBody:
                        content: {application/json: {schema: {type: object, required: [lid], properties: {lid: {type: string, format: uuid}}}}}
                """;
        ApiDescription description = new ApiDescription(yaml);
        Operation operation = description.operations().get(0);
        assertThatThrownBy(() -> description.call(operation, Extent.REQUIRED, "marker", slot -> "x"))
                .hasMessageContaining("POST /api/boxes")
                .hasMessageContaining("lid");
        assertThatThrownBy(() -> new ApiDescription("paths: {/api/boxes: {get: {}}}").operations())
                .hasMessageContaining("GET /api/boxes");
    }
}
