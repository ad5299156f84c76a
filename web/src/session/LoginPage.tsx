import { Alert, Anchor, Button, PasswordInput, SegmentedControl, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate, useRouter } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { api, unwrap } from "../api/client";
import { keys } from "../api/keys";
import { ApiError } from "../api/problem";
import { languages, setLanguage, type Language } from "../i18n/language";
import { explain } from "../ui/Notice";
import { Logo } from "../ui/Logo";
import styles from "./login.module.css";
import { homeOf } from "./me";
import { useCountdown } from "./useCountdown";

const route = getRouteApi("/login");

/** LoginPage is the one door of all three portals; the role decides where it leads. */
export function LoginPage() {
  const { t, i18n } = useTranslation();
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <SegmentedControl
          size="xs"
          aria-label={t("language.choose")}
          value={i18n.language}
          onChange={(code) => void setLanguage(code as Language)}
          data={languages.map(({ code, name }) => ({ value: code, label: name }))}
        />
      </header>
      <main className={styles.main}>
        <Logo size={44} />
        <Title order={1} size="h2" mt="md">
          {t("login.title")}
        </Title>
        <Text c="dimmed" mb="lg">
          {t("login.lead")}
        </Text>
        <LoginForm />
      </main>
    </div>
  );
}

function LoginForm() {
  const { t } = useTranslation();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const login = useLogin();
  const wait = useCountdown(retrySeconds(login.error), login.submittedAt);

  function submit(event: FormEvent) {
    event.preventDefault();
    login.mutate({ email: email.trim(), password });
  }

  return (
    <form onSubmit={submit} className={styles.form}>
      <Stack gap="md">
        {login.error && (
          <Alert color="red" variant="light" role="alert" icon={<IconAlertCircle size={18} />}>
            <LoginError error={login.error} wait={wait} />
          </Alert>
        )}
        <TextInput
          label={t("login.email")}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("login.password")}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          visibilityToggleButtonProps={{ "aria-label": t("login.showPassword") }}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" size="md" loading={login.isPending} disabled={wait > 0}>
          {t("login.submit")}
        </Button>
        <Text size="xs" c="dimmed" ta="center">
          {t("login.forgot")}{" "}
          <Anchor component="span" inherit c="dimmed" underline="never">
            {t("login.askAdmin")}
          </Anchor>
        </Text>
      </Stack>
    </form>
  );
}

function LoginError({ error, wait }: { error: Error; wait: number }) {
  const { t } = useTranslation();
  if (!(error instanceof ApiError)) return <>{t("error.offline")}</>;
  if (error.status === 401) return <>{t("login.wrong")}</>;
  if (error.status !== 429) return <>{explain(error, t)}</>;
  if (wait === 0) return <>{t("login.tryAgain")}</>;
  const time = `${Math.floor(wait / 60)}:${String(wait % 60).padStart(2, "0")}`;
  return <>{t("login.throttled", { time })}</>;
}

function retrySeconds(error: Error | null): number {
  return error instanceof ApiError && error.status === 429 ? (error.retryAfterSeconds ?? 60) : 0;
}

function useLogin() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  const { next } = route.useSearch();
  return useMutation({
    mutationFn: (body: { email: string; password: string }) => unwrap(api.POST("/api/v1/auth/login", { body: { ...body, delivery: "cookie" } })),
    retry: false,
    networkMode: "always",
    onSuccess: async ({ me }) => {
      client.clear();
      client.setQueryData(keys.me, me);
      await setLanguage(me.language);
      if (next) router.history.push(next);
      else await navigate({ to: homeOf(me) });
    },
  });
}
