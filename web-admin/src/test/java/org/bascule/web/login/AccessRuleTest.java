package org.bascule.web.login;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessRuleTest {

    @ParameterizedTest
    @CsvSource({
        "/login,                    PUBLIC",
        "/callback,                 PUBLIC",
        "/logout,                   PUBLIC",
        "/backchannel-logout,       PUBLIC",
        "/agent/v1,                 PUBLIC",
        "/api/installation,         PUBLIC",
        "/api/enrol,                PUBLIC",
        "/api/sign-in,              PUBLIC",
        "/health/ready,             PUBLIC",
        "/health/x,                 PAGE",
        "/metrics,                  PAGE",
        "/assets/index-B4xd_9Za.js, PUBLIC",
        "/early.js,                 PUBLIC",
        "/icon.svg,                 PUBLIC",
        "/api,                      API",
        "/api/,                     API",
        "/api/me,                   API",
        "/api/events,               API",
        "/api/enrol/,               API",
        "/api/enrolment-tokens,     API",
        "/api/installation.js,      API",
        "/api/x.js,                 API",
        "/agent/v2,                 API",
        "/agent/install.sh,         PUBLIC",
        "/agent/files/bascule-agent.jar, PUBLIC",
        "/agent/files/bascule-agent, PUBLIC",
        "/agent/files/bascule-agent.service, PUBLIC",
        "/agent/files/bascule-agent.desktop, PUBLIC",
        "/agent/files/,             API",
        "/agent/files/bascule.conf, API",
        "/agent/install.sh/x,       API",
        "/api/agent-installer,      API",
        "/,                         PAGE",
        "/devices,                  PAGE",
        "/devices/x.js,             PAGE",
        "/assets/sub/x.js,          PAGE",
        "/index.html,               PAGE",
        "/LOGIN,                    PAGE",
        "/login/,                   PAGE",
    })
    void everythingNeedsACallerUnlessListed(String path, AccessRule rule) {
        assertThat(AccessRule.of(path)).isEqualTo(rule);
    }
}
