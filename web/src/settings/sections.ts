import { IconHistory, type Icon } from "@tabler/icons-react";
import type { LinkProps } from "@tanstack/react-router";
import type { ParseKeys } from "i18next";

type Section = { to: NonNullable<LinkProps["to"]>; key: ParseKeys; icon: Icon };

/** sections is the table of contents of the settings, in the order shown. */
export const sections: Section[] = [{ to: "/settings/audit", key: "settings.audit", icon: IconHistory }];
