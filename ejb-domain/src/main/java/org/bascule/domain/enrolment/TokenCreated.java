package org.bascule.domain.enrolment;

import org.bascule.wire.enrol.EnrolmentToken;

/** A new token, the only time that its secret is known. */
public record TokenCreated(TokenView view, EnrolmentToken token) {}
