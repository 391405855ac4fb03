package org.bascule.web.api;

import jakarta.interceptor.InterceptorBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On every operation that answers 201 or 202: with an {@code Idempotency-Key} it creates once ({@link CreatesOnce}, {@link BodyDigest}). The method returns a
 * {@link jakarta.ws.rs.core.Response} with a text and does its work in transactions that join the present one.
 */
@InterceptorBinding
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@interface Creates {}
