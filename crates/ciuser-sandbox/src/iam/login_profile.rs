//! Console passwords. Nobody can sign in to the sandbox, so the password is checked and forgotten.

use crate::iam::action::Call;
use crate::iam::refusal;
use crate::iam::state::{LoginProfile, User};
use crate::wire::{AwsError, Xml};

pub(super) fn create_login_profile(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.user_name_or_caller(64)?;
    let password = call.params.text("Password", 128)?;
    let user = call.state.user_mut(&name, call.now)?;
    if user.login_profile.is_some() {
        return Err(refusal::login_profile_exists(&user.name));
    }
    if !is_strong(password, &user.name) {
        return Err(refusal::weak_password());
    }
    let profile = LoginProfile {
        created: call.date,
        reset_required: call.params.flag("PasswordResetRequired"),
    };
    write(xml, user, &profile);
    user.login_profile = Some(profile);
    Ok(())
}

pub(super) fn get_login_profile(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.user_name_or_caller(64)?;
    let user = call.state.user(&name, call.now)?;
    let profile = user
        .login_profile
        .as_ref()
        .ok_or_else(|| refusal::no_such_login_profile(&name))?;
    write(xml, user, profile);
    Ok(())
}

pub(super) fn delete_login_profile(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.user_name_or_caller(64)?;
    let profile = call.state.user_mut(&name, call.now)?.login_profile.take();
    profile.map(drop).ok_or_else(|| refusal::no_such_login_profile(&name))
}

/// The policy of an account that has set none: 8 characters, of three kinds at least, and not the user's name.
fn is_strong(password: &str, user_name: &str) -> bool {
    let kinds: [fn(&char) -> bool; 4] = [
        char::is_ascii_uppercase,
        char::is_ascii_lowercase,
        char::is_ascii_digit,
        char::is_ascii_punctuation,
    ];
    let used = kinds
        .iter()
        .filter(|kind| password.chars().any(|character| kind(&character)))
        .count();
    password.chars().count() >= 8 && used >= 3 && !password.eq_ignore_ascii_case(user_name)
}

fn write(xml: &mut Xml, user: &User, profile: &LoginProfile) {
    xml.element("LoginProfile", |xml| {
        xml.text("UserName", &user.name);
        xml.time("CreateDate", profile.created);
        xml.flag("PasswordResetRequired", profile.reset_required);
    });
}
